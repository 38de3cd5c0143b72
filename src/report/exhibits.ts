import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedRun } from '../artifacts/finished-run.js';
import { readDocument } from '../artifacts/read-document.js';
import { filesOfContent, type ResultFile } from '../artifacts/tables/result-rows.js';
import { verifyFiles } from '../artifacts/verify-files.js';
import { writeFile } from '../base/files/write-file.js';
import type { Json } from '../base/json.js';
import { own } from '../base/own-properties.js';
import type { Store } from '../store/store.js';
import { withDatabase } from '../tables/database.js';
import { jsonOfCell } from '../tables/json-of-cell.js';
import { parquetFile } from '../tables/parquet.js';

/** A picture or a table that a program made, as a run's folder keeps it: the cache may lose it to `gc`. */
export type Exhibit = {
  /** `train[lr=0.1].confusion` */
  readonly name: string;
  readonly role: string | null;
} & (
  | { readonly type: 'figure'; readonly file: string; readonly bytes: number }
  | {
      readonly type: 'table';
      readonly columns: readonly string[];
      /** The first of them. */
      readonly rows: readonly (readonly Json[])[];
      readonly count: number;
    }
);

/** The document that lists them, in a run's folder. */
const documentName = 'exhibits.json';
const folderName = 'exhibits';
/** Beyond these a report is no longer read. */
const mostExhibits = 60;
const mostRows = 50;

/** Puts what programs drew and listed into a run's folder. */
export async function writeExhibits(
  { nodes }: Pick<FinishedRun, 'nodes'>,
  folder: string,
  store: Pick<Store, 'verify' | 'objectPath'>,
): Promise<void> {
  const figures = filesOfContent(nodes, 'figure').slice(0, mostExhibits);
  const tables = filesOfContent(nodes, 'table').slice(0, mostExhibits);
  if (figures.length + tables.length === 0) return;
  await verifyFiles([...figures, ...tables], store);
  if (figures.length > 0) mkdirSync(join(folder, folderName), { recursive: true });
  const exhibits: Exhibit[] = figures.map((figure) => {
    const source = store.objectPath(figure.digest);
    const file = `${folderName}/${figure.digest.slice(0, 16)}.${endingOf(readFileSync(source))}`;
    copyFileSync(source, join(folder, file));
    return { ...labelOf(figure), type: 'figure', file, bytes: figure.bytes };
  });
  if (tables.length > 0) {
    await withDatabase({ threads: 1 }, async (database) => {
      for (const table of tables) {
        const source = parquetFile(store.objectPath(table.digest));
        const columns = (await database.rows(`DESCRIBE FROM ${source}`)).map((row) =>
          String(row['column_name']),
        );
        const rows = await database.rows(`FROM ${source} LIMIT ${mostRows}`);
        const [counted] = await database.rows(`SELECT count(*) AS count FROM ${source}`);
        exhibits.push({
          ...labelOf(table),
          type: 'table',
          columns,
          rows: rows.map((row) => columns.map((name) => jsonOfCell(own(row, name) ?? null))),
          count: Number(counted?.['count'] ?? 0),
        });
      }
    });
  }
  writeFile(join(folder, documentName), `${JSON.stringify(exhibits, null, 1)}\n`);
}

/** Those of a run's folder; none where it has no such document. */
export function readExhibits(folder: string): readonly Exhibit[] {
  return (readDocument(join(folder, documentName)) ?? []) as readonly Exhibit[];
}

function labelOf({ shownAs, output, role }: ResultFile): {
  readonly name: string;
  readonly role: string | null;
} {
  return { name: `${shownAs}.${output}`, role };
}

/** The ending of a picture, by how it begins. */
function endingOf(bytes: Buffer): 'png' | 'pdf' | 'svg' {
  const start = bytes.subarray(0, 5).toString('latin1');
  return start === '%PDF-' ? 'pdf' : start.startsWith('\x89PNG') ? 'png' : 'svg';
}
