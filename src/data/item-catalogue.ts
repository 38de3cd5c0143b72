import { readFileSync } from 'node:fs';
import { writeFile } from '../base/files/write-file.js';
import { isJsonObject, type Json } from '../base/json.js';
import { badData } from '../tables/bad-data.js';

/** Item names by id: item `id` is called `names[id]`. A catalogue belongs to no split. */
export type ItemNames = readonly string[];

/** Writes `{ name: id, … }` in order of id. */
export function writeItemCatalogue(path: string, names: ItemNames): void {
  // By hand: an object would move names like `12` to the front.
  const lines = names.map((name, id) => ` ${JSON.stringify(name)}: ${id}`);
  writeFile(path, `{\n${lines.join(',\n')}\n}\n`);
}

/**
 * Reads `{ name: id, … }`, whose ids are 0, 1, … without a gap.
 *
 * @param file the path as the user knows it
 * @throws FailureError `bad-data`
 */
export function readItemCatalogue(path: string, file: string): ItemNames {
  const hint = 'the catalogue is a JSON object of item name -> id, ids 0, 1, … without a gap';
  let content: Json;
  try {
    content = JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (cause) {
    throw badData(file, `not JSON: ${(cause as Error).message}`, { hint, cause });
  }
  if (!isJsonObject(content)) throw badData(file, 'not a JSON object', { hint });
  const entries = Object.entries(content);
  if (entries.length === 0) throw badData(file, 'holds no item', { hint });
  const names: (string | undefined)[] = new Array(entries.length).fill(undefined);
  for (const [name, id] of entries) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= entries.length) {
      throw badData(
        file,
        `${JSON.stringify(name)} has id ${JSON.stringify(id)}, not one of 0 to ${entries.length - 1}`,
        { hint },
      );
    }
    if (names[id] !== undefined) {
      throw badData(file, `${JSON.stringify(names[id])} and ${JSON.stringify(name)} both have id ${id}`, {
        hint,
      });
    }
    names[id] = name;
  }
  return names as string[];
}
