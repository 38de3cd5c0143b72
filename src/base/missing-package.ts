import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from './failure.js';

/** What Node tells of a module that it could not find. */
interface NotFound {
  readonly name: string;
  /** The file that wanted it. */
  readonly wantedBy: string | undefined;
}

/**
 * The failure that an error of loading stands for where a package is not installed, such as the part of DuckDB for this
 * machine, which npm leaves out with `--omit=optional`; undefined of any other error.
 */
export function missingPackageFailure(error: unknown): Failure | undefined {
  const found = notFoundIn(error);
  const name = found && /^(?:@[\w.-]+\/)?[\w-][\w.-]*/.exec(found.name)?.[0];
  if (name === undefined) return undefined;
  const version = found?.wantedBy === undefined ? undefined : versionWanted(found.wantedBy, name);
  return {
    reason: 'package-missing',
    message: `the package ${name} is not installed`,
    hint: `npm install ${name}${version === undefined ? '' : `@${version}`}`,
    cause: error,
  };
}

/** The first package among an error and its causes; a file that is missing inside one is none. */
function notFoundIn(error: unknown): NotFound | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code, requireStack } = one as Error & { code?: unknown; requireStack?: unknown };
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') continue;
    const name = /^Cannot find (?:module|package) '([^']+)'/.exec(one.message)?.[1];
    if (name === undefined || /^[./]|^\w+:/.test(name)) continue;
    const [first] = Array.isArray(requireStack) ? requireStack : [];
    return { name, wantedBy: typeof first === 'string' ? first : undefined };
  }
  return undefined;
}

/** The version of a package that the package around a file names. */
function versionWanted(file: string, name: string): string | undefined {
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    try {
      const { dependencies, optionalDependencies } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      ) as { [group: string]: { readonly [name: string]: string } | undefined };
      return optionalDependencies?.[name] ?? dependencies?.[name];
    } catch {
      // The package's own description is in a folder above.
    }
  }
  return undefined;
}
