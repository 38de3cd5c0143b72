import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
import type { RowsWriter } from './rows-writer.js';

/** Writes files in the forms that outputs are given out in. */
export interface FormWriter {
  /**
   * What is in a file, in a form, as a new file of the user's own: what is kept in the cache is read-only. Of several,
   * which hold rows, these one after another.
   */
  write(sources: readonly string[], form: PublicationForm, path: string): Promise<void>;
  close(): void;
}

/** Opens a writer; DuckDB is loaded where rows are written in another form, and not before. */
export function openFormWriter(): FormWriter {
  let rows: RowsWriter | undefined;
  return {
    async write(sources, form, path) {
      const [source, ...others] = sources;
      if (form === 'bytes' && source !== undefined && others.length === 0) {
        return await pipeline(createReadStream(source), createWriteStream(path));
      }
      rows ??= await (await import('./rows-writer.js')).openRowsWriter();
      await rows.write(sources, form, path);
    },
    close: () => rows?.close(),
  };
}
