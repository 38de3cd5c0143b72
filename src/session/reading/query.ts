import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { noResults } from '../../artifacts/find-run.js';
import { identityOf, type RunRecord, readRuns } from '../../artifacts/register.js';
import { type ListedRun, listRuns } from '../../artifacts/runs/list-runs.js';
import { hasTables } from '../../artifacts/runs/shared-results.js';
import { type RecordedFile, recordedFile } from '../../artifacts/verify-run.js';
import type { Failure } from '../../base/failure.js';
import { replaceUserFile } from '../../base/files/user-file.js';
import type { JsonObject } from '../../base/json.js';
import { failed, type Result, success } from '../../base/result.js';
import type { SourceFile, SourceTable } from '../../report/fill-table.js';
import { type ResultTableName, resultSchemas } from '../../tables/result-schemas.js';
import { type FormattedQuery, type QueryEnd, runQuery, startQueryProcess } from './run-query.js';

/** What a query may take. */
export interface QueryLimits {
  /** Default: 60. */
  readonly timeoutSeconds?: number;
}

/** How the rows of a query are written, and where the text goes. */
export interface QueryText extends QueryLimits, Pick<FormattedQuery, 'format' | 'width'> {
  /** Is given the text piece by piece; answers false where no more is wanted, which ends the query. */
  readonly output: (text: string) => Promise<boolean>;
}

/** Where the rows of a query are written. */
export interface QueryFile extends QueryLimits {
  /** Absolute; replaced as a whole where it is there. */
  readonly path: string;
}

const defaultTimeoutSeconds = 60;

/** Answers a query over the result tables of all runs as text; what goes wrong may come after some rows. */
export async function queryText(root: string, sql: string, text: QueryText): Promise<QueryEnd> {
  return await answerQuery(root, sql, text);
}

/** Writes the rows of a query over the result tables of all runs as a parquet file, whole or not at all. */
export async function queryParquet(
  root: string,
  sql: string,
  { path, ...limits }: QueryFile,
): Promise<Result<void, Failure[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-query-'));
  try {
    const parquet = join(folder, 'rows.parquet');
    const { failure } = await answerQuery(root, sql, {
      ...limits,
      parquet,
      format: 'json',
      output: async () => true,
    });
    if (failure !== undefined) return failed([failure]);
    await replaceUserFile(path, parquet);
    return success(undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answerQuery(
  root: string,
  sql: string,
  { output, timeoutSeconds = defaultTimeoutSeconds, ...form }: QueryText & Pick<FormattedQuery, 'parquet'>,
): Promise<QueryEnd> {
  // It loads DuckDB while it is found out here which runs there are.
  const child = startQueryProcess();
  try {
    const tables = sourceTables(root);
    if (tables === undefined) return { failure: noResults() };
    const memoryBytes = Math.min(4 * 2 ** 30, totalmem() / 2);
    const threads = availableParallelism();
    return await runQuery(child, { sql, tables, threads, memoryBytes, ...form }, timeoutSeconds, output);
  } finally {
    child.kill('SIGKILL');
  }
}

/** The rows that a query over the result tables of all runs gives. */
export async function query(
  root: string,
  sql: string,
  limits: QueryLimits = {},
): Promise<Result<readonly JsonObject[], Failure[]>> {
  let text = '';
  const end = await queryText(root, sql, {
    ...limits,
    format: 'json',
    output: async (piece) => {
      text += piece;
      return true;
    },
  });
  // The text is what `rowWriter` makes of objects.
  return end.failure === undefined ? success(JSON.parse(text) as JsonObject[]) : failed([end.failure]);
}

/** The result tables of all runs, and `latest_...` of the last one that ended; undefined where there are no runs. */
function sourceTables(root: string): readonly SourceTable[] | undefined {
  const present = readRuns(root);
  const listed = listRuns(root, present);
  if (listed.length === 0) return undefined;
  const { runs } = present.register;
  const last = runs.slice(-1);
  const rowsOf = (records: readonly RunRecord[]) => {
    const named = new Set(records.map(identityOf));
    return listed.filter(({ run }) => named.has(run)).map(runRow);
  };
  return (Object.keys(resultSchemas) as ResultTableName[]).flatMap((name): readonly SourceTable[] => {
    const { columns } = resultSchemas[name];
    if (name === 'runs') {
      return [
        { name, columns, files: [], rows: listed.map(runRow) },
        { name: `latest_${name}`, columns, files: [], rows: rowsOf(last) },
      ];
    }
    return [
      { name, columns, files: filesOfTable(root, runs, runs, name) },
      { name: `latest_${name}`, columns, files: filesOfTable(root, runs, last, name) },
    ];
  });
}

/** The row of table `runs`. */
function runRow({ counts, origin, ...run }: ListedRun) {
  return { ...run, ...counts, ...origin };
}

/** The files of a table that records have, each content once, with the runs that it is of. */
function filesOfTable(
  root: string,
  runs: readonly RunRecord[],
  records: readonly RunRecord[],
  name: ResultTableName,
): readonly SourceFile[] {
  const found = records.flatMap((record) => fileOfTable(root, runs, record, name));
  const byContent = new Map<string, FoundFile[]>();
  for (const one of found) {
    const same = byContent.get(one.file.digest);
    if (same === undefined) byContent.set(one.file.digest, [one]);
    else same.push(one);
  }
  return [...byContent.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const isAsWritten = same.length === 1 && first.isAsWritten;
    const { file, run } = first;
    return [isAsWritten ? { ...file, ofRun: run } : { ...file, runs: same.map((one) => one.run) }];
  });
}

interface FoundFile {
  readonly run: string;
  readonly file: RecordedFile;
  /** Whether the file itself says of which run it is. */
  readonly isAsWritten: boolean;
}

/** A table of a run; none where the run could make none. */
function fileOfTable(
  root: string,
  runs: readonly RunRecord[],
  record: RunRecord,
  name: ResultTableName,
): readonly FoundFile[] {
  const run = identityOf(record);
  const found = (of: RunRecord, file: string, isAsWritten: boolean): readonly FoundFile[] => {
    const recorded = recordedFile(root, of, file);
    return recorded === undefined ? [] : [{ run, file: recorded, isAsWritten }];
  };
  const table = `tables/${name}.parquet`;
  const own = found(record, table, record.tables === run);
  if (own.length > 0) return own;
  // What became of its nodes a run that executed nothing says in its manifest alone.
  if (name === 'steps') return found(record, 'manifest.json', false);
  // A run of an earlier version of kshot only names the one that has its tables.
  const holder = hasTables(record) ? undefined : runs.find((one) => identityOf(one) === record.tables);
  return holder === undefined || holder === record ? [] : found(holder, table, false);
}
