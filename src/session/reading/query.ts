import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { noResults } from '../../artifacts/find-run.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type RecordedFile, recordedFiles } from '../../artifacts/verify-run.js';
import type { Failure } from '../../base/failure.js';
import { replaceByFile } from '../../base/files/atomic-file.js';
import type { JsonObject } from '../../base/json.js';
import { failed, type Result, success } from '../../base/result.js';
import type { SourceTable } from '../../report/query-rows.js';
import { type ResultTableName, resultSchemas } from '../../tables/result-schemas.js';
import { type FormattedQuery, type QueryEnd, runQuery } from './run-query.js';

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
    await replaceByFile(path, parquet);
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
  const tables = sourceTables(root, readRegister(root).runs);
  if (tables === undefined) return { failure: noResults() };
  const memoryBytes = Math.min(4 * 2 ** 30, totalmem() / 2);
  const threads = availableParallelism();
  return await runQuery({ sql, tables, threads, memoryBytes, ...form }, timeoutSeconds, output);
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

/** The result tables of all runs, and `latest_...` of the last one; undefined where there are none. */
function sourceTables(root: string, runs: readonly RunRecord[]): readonly SourceTable[] | undefined {
  // Whoever removes a run's folder takes its results out; a file missing from a folder is another matter.
  const kept = runs.filter(
    (one) => one.tables === identityOf(one) && existsSync(runFolderOf(root, identityOf(one))),
  );
  const last = runs.at(-1);
  if (last === undefined || kept.length === 0) return undefined;
  return (Object.keys(resultSchemas) as ResultTableName[]).flatMap((name) => {
    const table = (prefix: string, identities: readonly string[]): SourceTable => ({
      name: `${prefix}${name}`,
      columns: resultSchemas[name].columns,
      files: identities.flatMap((identity) => tableFile(root, runs, identity, name)),
    });
    return [table('', kept.map(identityOf)), table('latest_', [last.tables])];
  });
}

/** A table of a run; none where the run could make none. */
function tableFile(
  root: string,
  runs: readonly RunRecord[],
  identity: string,
  name: ResultTableName,
): readonly RecordedFile[] {
  const record = runs.find((one) => identityOf(one) === identity);
  if (record !== undefined) return recordedFiles(root, record, `tables/${name}.parquet`);
  // Not even its record is there: verifying says that the file is missing.
  return [{ path: join(runFolderOf(root, identity), 'tables', `${name}.parquet`), digest: '', bytes: 0 }];
}
