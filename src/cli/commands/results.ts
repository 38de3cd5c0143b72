import { dirname, resolve } from 'node:path';
import { identityOf } from '../../artifacts/register.js';
import type { Report } from '../../artifacts/run-documents.js';
import { asOneTable, headlineTables } from '../../artifacts/summary/headline-tables.js';
import type { Failure } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { writeUserFile } from '../../base/files/user-file.js';
import { formatRows } from '../../tables/row-formats.js';
import { metricLines } from '../../ui/views/metric-lines.js';
import { projectOf } from '../open-project.js';
import { formAsked } from '../output-form.js';
import { type CommonOptions, openTerminal, type Terminal } from '../terminal.js';

export interface ResultsOptions extends CommonOptions {
  readonly format?: string;
  /** All metrics in the place of the summaries. */
  readonly metrics?: boolean;
  /** Where the table is written. */
  readonly output?: string;
}

/** `kshot results [RUN]`: the figures of a run, on stdout; or its headline table in another form or in a file. */
export async function results(options: ResultsOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const found = await project.value.results(name);
  if (!found.ok) return terminal.fail(found.failure);
  const report = found.value;
  if (options.format !== undefined || options.output !== undefined || options.metrics === true) {
    return writeTable(terminal, report, options);
  }
  if (terminal.json) {
    terminal.document(report);
    return 0;
  }
  const identity = identityOf(report);
  terminal.say(
    `${identity}, ${report.started_at}, engine ${report.engine}${report.exit_code === 0 ? '' : `, exit code ${report.exit_code}`}`,
  );
  if (report.metrics.length + report.summaries.length === 0) {
    return terminal.fail([withoutMetrics(identity, report)]);
  }
  for (const line of metricLines(report, { style: terminal.dataStyle, width: terminal.dataWidth }))
    terminal.data(`${line}\n`);
  return 0;
}

function writeTable(terminal: Terminal, report: Report, { format, output, metrics }: ResultsOptions): number {
  const asked = formAsked(format, output);
  if (!asked.ok) return terminal.fail([asked.failure]);
  const form = asked.value;
  if (form === 'parquet') return terminal.fail([noParquet]);
  const isWhole = form === 'csv' || form === 'json';
  const tables = headlineTables(
    report,
    isWhole ? 'whole' : 'text',
    metrics === true ? 'metrics' : 'headline',
  );
  if (tables.length === 0) return terminal.fail([withoutMetrics(identityOf(report), report)]);
  // What programs read is one table; people read one after the other.
  const text = isWhole
    ? formatRows(asOneTable(tables), form)
    : tables.map(({ table }) => formatRows(table, form)).join('\n');
  if (output === undefined) {
    terminal.data(text);
    return 0;
  }
  const path = resolve(output);
  makeFolders(dirname(path));
  writeUserFile(path, text);
  terminal.wrote(path);
  return 0;
}

const noParquet: Failure = {
  reason: 'usage',
  message: 'results writes no .parquet',
  hint: 'let the path end in .csv, .json, .md, .tex or .txt; `kshot sql --output` writes .parquet',
};

function withoutMetrics(identity: string, { failures }: Report): Failure {
  const [first] = failures;
  return {
    reason: 'no-results',
    message: `run ${identity} has no metrics`,
    hint:
      first === undefined
        ? 'evaluations give them, and programs by an output `as: metrics`'
        : `it failed: ${first.node}: ${first.message}`,
  };
}
