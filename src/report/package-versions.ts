import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface PackageDescription {
  readonly version: string;
  readonly dependencies?: { readonly [name: string]: string };
}

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The versions of the packages that kshot depends on, as installed. */
export function packageVersions(): { readonly [name: string]: string } {
  const names = Object.keys(describePackage(packageFolder).dependencies ?? {}).sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const folder = installedAt(name, packageFolder);
      return folder === undefined ? [] : [[name, describePackage(folder).version]];
    }),
  );
}

/** Where Node would find a package from a folder; its `exports` may hide its description from `import`. */
function installedAt(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

function describePackage(folder: string): PackageDescription {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageDescription;
}
