import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { SourceTable } from '../../report/query-rows.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../report/register.js';
import type { RowFormat } from '../../report/row-formats.js';
import { type ResultTableName, resultSchemas } from '../../tables/result-schemas.js';
import { findRoot } from '../find-pipeline.js';
import { noResults } from '../find-run.js';
import { runQuery } from '../run-query.js';
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
  const answer = await runQuery(
    {
      sql: query,
      tables,
      threads: availableParallelism(),
      memoryBytes: Math.min(4 * 2 ** 30, totalmem() / 2),
      format: options.format ?? (terminal.json ? 'json' : 'table'),
    },
    options.timeout,
  );
  if (!answer.ok) return terminal.fail([answer.failure]);
  terminal.data(answer.value);
  return 0;
}

/** The result tables of all runs, and `latest_...` of the last one; undefined where there are none. */
function sourceTables(root: string, runs: readonly RunRecord[]): readonly SourceTable[] | undefined {
  const folders = runs
    .filter((one) => one.tables === identityOf(one))
    .map((one) => join(runFolderOf(root, identityOf(one)), 'tables'))
    .filter((folder) => existsSync(folder));
  const last = runs.at(-1);
  if (last === undefined || folders.length === 0) return undefined;
  const latest = join(runFolderOf(root, last.tables), 'tables');
  return (Object.keys(resultSchemas) as ResultTableName[]).flatMap((name) => {
    const table = (prefix: string, from: readonly string[]): SourceTable => ({
      name: `${prefix}${name}`,
      columns: resultSchemas[name].columns,
      files: from.map((folder) => join(folder, `${name}.parquet`)).filter((file) => existsSync(file)),
    });
    return [table('', folders), table('latest_', [latest])];
  });
}
