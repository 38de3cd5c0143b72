import { writeFileSync } from 'node:fs';
import { namingFile } from '../system-error.js';

/**
 * Writes a file anew. Not atomic: for files in a folder that nobody reads before it is complete.
 *
 * @throws the file system's error, which names the file
 */
export function writeFile(path: string, data: string | Uint8Array): void {
  namingFile(path, () => writeFileSync(path, data));
}
