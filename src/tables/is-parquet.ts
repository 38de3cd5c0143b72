import { closeSync, openSync, readSync } from 'node:fs';

/** Whether a file is parquet, by its first bytes. */
export function isParquet(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4);
    readSync(file, start, 0, 4, 0);
    return start.toString('latin1') === 'PAR1';
  } finally {
    closeSync(file);
  }
}
