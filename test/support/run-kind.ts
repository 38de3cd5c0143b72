import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import { FailureError } from '../../src/base/failure.js';
import type { JsonObject } from '../../src/base/json.js';
import type { Kind } from '../../src/kinds/kind.js';
import { derivationsOf } from '../../src/pipeline/graph/derive-nodes.js';
import { type Row, withDatabase } from '../../src/tables/database.js';
import { type CellInput, parquetFile, writeRowsParquet } from '../../src/tables/parquet.js';
import { canonicalOf, type Inputs, kindContext } from './kind-context.js';

const folders: string[] = [];

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-data-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export interface KindRun {
  readonly with?: JsonObject;
  readonly inputs?: { readonly [port: string]: Inputs };
  readonly threads?: number;
  /** Against which paths in `with` count; default: the file system's root. */
  readonly root?: string;
}

/**
 * Runs a kind's body as a worker would, on canonical parameters, and those that derive further ports; `path` gives an
 * output's file.
 */
export async function runKind(
  kind: Kind,
  run: KindRun,
): Promise<{ path(leafPath: string): string; readonly logged: readonly string[] }> {
  const folder = temporaryFolder();
  const parameters = run.with ?? {};
  const context = kindContext({
    folder,
    parameters: canonicalOf(kind, parameters),
    inputs: run.inputs ?? {},
    threads: run.threads ?? 2,
  });
  const root = run.root ?? '/';
  const { files } = kind.files?.(kind.parameters.complete(parameters), root) ?? { files: [] };
  const body = await kind.load();
  await body.run({
    ...context,
    root,
    files: Object.fromEntries(files.map(({ name, path }) => [name, join(root, path)])),
  });
  const path = (leafPath: string) => join(folder, leafPath);
  const derived = new Map<string, string>();
  for (const [port, { kind: deriving, parameters: own = {}, inputs }] of Object.entries(
    derivationsOf(kind, kind.parameters.complete(parameters)),
  )) {
    const sources = Object.entries(inputs).map(([input, from]) => [input, path(from)]);
    const one = await runKind(deriving, { with: own, inputs: Object.fromEntries(sources) });
    derived.set(port, one.path(port));
  }
  return { path: (leafPath) => derived.get(leafPath) ?? path(leafPath), logged: context.logged };
}

/** The failure that an action ends in; anything else fails the test. */
export async function failureOf(action: Promise<unknown>): Promise<Failure> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FailureError) return error.failure;
  throw new Error(`expected a failure, got ${error}`);
}

/** All rows of a parquet file in its own order. */
export async function rowsOf(path: string, columns = '*'): Promise<readonly Row[]> {
  return await withDatabase({ threads: 1 }, (database) =>
    database.rows(`SELECT ${columns} FROM ${parquetFile(path)}`),
  );
}

/** Column names and types of a parquet file. */
export async function typesOf(path: string): Promise<{ [column: string]: unknown }> {
  return await withDatabase({ threads: 1 }, async (database) => {
    const rows = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
    return Object.fromEntries(rows.map((row) => [String(row['column_name']), row['column_type']]));
  });
}

/** Writes a parquet file, ordered by its first column. */
export async function writeTable(
  path: string,
  columns: { readonly [name: string]: string },
  rows: readonly { readonly [column: string]: CellInput }[],
): Promise<void> {
  await withDatabase({ threads: 1 }, (database) =>
    writeRowsParquet(database, { columns, rows, orderBy: Object.keys(columns).slice(0, 1), path }),
  );
}

export type Event = readonly [user: string, item: string, time: number];

/** Writes interactions in the order given. */
export async function writeInteractions(events: readonly Event[]): Promise<string> {
  const path = join(temporaryFolder(), 'interactions.parquet');
  await writeTable(
    path,
    { position: 'BIGINT', user_id: 'VARCHAR', item_id: 'VARCHAR', timestamp: 'DOUBLE' },
    events.map(([user_id, item_id, timestamp], position) => ({ position, user_id, item_id, timestamp })),
  );
  return path;
}
