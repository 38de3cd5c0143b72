import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { ObjectReference } from '../store/entry.js';
import { hashFile } from '../store/hash-file.js';

/** All files that a run's folder holds by now, by their names in it, but for its logs and its record. */
export async function filesOfRun(folder: string): Promise<{ readonly [name: string]: ObjectReference }> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .filter((name) => !name.startsWith('logs/') && name !== 'record.json')
    .sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await hashFile(join(folder, name))] as const)),
  );
}
