import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/**
 * The lines, from 1, on which the records of a text file start; blank lines hold no record.
 *
 * @param records indices of records from 0, the header counted as one, ascending
 * @param options.quotes whether a double-quoted cell may hold line breaks
 */
export async function linesOfRecords(
  path: string,
  records: readonly number[],
  options: { readonly skipLines: number; readonly quotes: boolean; readonly gzip: boolean },
): Promise<readonly number[]> {
  const found: number[] = [];
  const source = createReadStream(path);
  const bytes = options.gzip ? source.pipe(createGunzip()) : source;
  let line = 1;
  let record = -1;
  let blank = true;
  let quoted = false;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (byte === 0x0a) {
        line++;
        if (!quoted) blank = true;
        continue;
      }
      if (byte === 0x0d) continue;
      if (line <= options.skipLines) continue;
      if (blank) {
        blank = false;
        record++;
        if (record === records[found.length]) found.push(line);
        if (found.length === records.length) {
          source.destroy();
          return found;
        }
      }
      if (options.quotes && byte === 0x22) quoted = !quoted;
    }
  }
  return found;
}
