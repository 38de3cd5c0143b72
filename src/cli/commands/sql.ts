import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { noResults } from '../../artifacts/find-run.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type RecordedFile, recordedFiles } from '../../artifacts/verify-run.js';
import type { SourceTable } from '../../report/query-rows.js';
import { findRoot } from '../../session/find-pipeline.js';
import { runQuery } from '../../session/run-query.js';
import { type ResultTableName, resultSchemas } from '../../tables/result-schemas.js';
import type { RowFormat } from '../../tables/row-formats.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface SqlOptions extends CommonOptions {
  readonly format?: RowFormat;
  /** Seconds. */
  readonly timeout: number;
}

/** `kshot sql QUERY`: rows of one query over the result tables, on stdout. */
export async function sql(options: SqlOptions, query: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const tables = sourceTables(root.value, readRegister(root.value).runs);
  if (tables === undefined) return terminal.fail([noResults()]);
  let hasWritten = false;
  const { failure } = await runQuery(
    {
      sql: query,
      tables,
      threads: availableParallelism(),
      memoryBytes: Math.min(4 * 2 ** 30, totalmem() / 2),
      format: options.format ?? (terminal.json ? 'json' : 'table'),
      ...(options.format === undefined && Number.isFinite(terminal.dataWidth)
        ? { width: terminal.dataWidth }
        : {}),
    },
    options.timeout,
    (text) => {
      hasWritten = true;
      return terminal.stream(text);
    },
  );
  if (failure === undefined) return 0;
  // What follows rows cannot be a document of its own on stdout.
  return (hasWritten ? openTerminal({ ...options, json: false }) : terminal).fail([failure]);
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
