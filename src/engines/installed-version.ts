import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageVersions } from './engine.js';

const here = dirname(fileURLToPath(import.meta.url));

/** The versions of those of the packages that are installed where kshot would load them from; none is loaded. */
export function installedVersions(names: Iterable<string>): PackageVersions {
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const folder = packageFolder(name);
      if (folder === undefined) return [];
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        version: string;
      };
      return [[name, version]];
    }),
  );
}

/** Where Node would find a package, absolute; undefined where it is not installed. */
export function packageFolder(name: string): string | undefined {
  for (let at = here; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}
