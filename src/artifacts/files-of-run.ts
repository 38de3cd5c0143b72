import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectReference } from '../store/entry.js';
import { hashFile } from '../store/hash-file.js';
import { startedName } from './runs/started-run.js';

/** What a run's folder holds beside what is read from it: logs, links into the cache, its record, who runs it, its pin. */
const beside: readonly string[] = ['logs', 'nodes', 'record.json', startedName, 'pinned'];

/**
 * All files that a run's folder holds by now, by their names in it, but for its logs, links and record.
 *
 * @param known those that have been looked at, and that nobody has written since
 */
export async function filesOfRun(
  folder: string,
  known: { readonly [name: string]: ObjectReference } = {},
): Promise<{ readonly [name: string]: ObjectReference }> {
  const names = readdirSync(folder)
    .filter((name) => !beside.includes(name))
    .flatMap((name) => filesBelow(folder, name))
    .sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, known[name] ?? (await hashFile(join(folder, name)))] as const),
    ),
  );
}

/** The files at or below a name in a folder, by their names in that. */
function filesBelow(folder: string, name: string): readonly string[] {
  const look = statSync(join(folder, name));
  if (!look.isDirectory()) return look.isFile() ? [name] : [];
  return readdirSync(join(folder, name)).flatMap((inner) => filesBelow(folder, `${name}/${inner}`));
}
