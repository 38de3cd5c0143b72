import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import { writeFileAtomic } from './atomic-file.js';
import { checkedJson, checkedText } from './checked-json.js';
import { makeFolders } from './make-folders.js';

/** What a file remembers that `rememberJson` wrote; nothing where it is missing or broken: it is no result. */
export function rememberedJson(file: string): JsonObject {
  try {
    const text = checkedText(readFileSync(file, 'utf8'));
    const remembered = text === undefined ? undefined : (JSON.parse(text) as Json);
    return isJsonObject(remembered) ? remembered : {};
  } catch {
    return {};
  }
}

/** Writes it whole, with its folder; nothing where that cannot be written: then it is found out anew. */
export function rememberJson(file: string, record: object): void {
  try {
    makeFolders(dirname(file));
    writeFileAtomic(file, checkedJson(record));
  } catch {
    // It is no result.
  }
}
