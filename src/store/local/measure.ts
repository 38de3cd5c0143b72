import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Measured {
  readonly bytes: number;
  /** Milliseconds since 1970, the latest of all files and folders within. */
  readonly lastTouched: number;
}

/** The size of a file, or of all files in a folder; nothing where there is neither. */
export function measureFiles(path: string): Measured {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { bytes: 0, lastTouched: 0 };
  if (!stat.isDirectory()) return { bytes: stat.size, lastTouched: stat.mtimeMs };
  const inner = namesBelow(path).map((name) => measureFiles(join(path, name)));
  return {
    bytes: inner.reduce((sum, { bytes }) => sum + bytes, 0),
    lastTouched: inner.reduce((latest, { lastTouched }) => Math.max(latest, lastTouched), stat.mtimeMs),
  };
}

/** None where the folder went away meanwhile, as those of a running step do. */
function namesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
