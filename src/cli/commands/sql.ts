import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { writeUserFile } from '../../base/files/user-file.js';
import { failed, type Result, success } from '../../base/result.js';
import { asValues } from '../../session/as-values.js';
import type { Project } from '../../session/project.js';
import { projectOf } from '../open-project.js';
import { formAsked, formCalled } from '../output-form.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface SqlOptions extends CommonOptions {
  readonly format?: string;
  /** Seconds. */
  readonly timeout: number;
  /** A file with the query; `-` is standard input. */
  readonly file?: string;
  /** Where the rows are written. */
  readonly output?: string;
}

/** `kshot sql QUERY`: rows of one query over the result tables, on stdout or in a file. */
export async function sql(options: SqlOptions, query?: string): Promise<number> {
  const terminal = openTerminal(options);
  const text = await textOf(query, options.file);
  if (!text.ok) return terminal.fail(text.failure);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  if (options.output !== undefined) return await toFile(project.value, text.value, options.output, options);
  const { format, timeout } = options;
  let hasWritten = false;
  const { failure } = await project.value.queryText(text.value, {
    format: format === undefined ? (terminal.json ? 'json' : 'table') : formCalled(format),
    ...(format === undefined && Number.isFinite(terminal.dataWidth) ? { width: terminal.dataWidth } : {}),
    timeoutSeconds: timeout,
    output(piece) {
      hasWritten = true;
      return terminal.stream(piece);
    },
  });
  if (failure === undefined) return 0;
  // What follows rows cannot be a document of its own on stdout.
  return (hasWritten ? openTerminal({ ...options, json: false }) : terminal).fail([failure]);
}

/** The query, as an argument or in a file. */
function textOf(query: string | undefined, file: string | undefined): Promise<Result<string, Failure[]>> {
  return asValues(async () => {
    if (file === undefined && query !== undefined) return success(query);
    if (file === undefined || query !== undefined) {
      const message = 'sql takes one query: as an argument, or in a file with -f FILE';
      return failed([{ reason: 'usage', message, hint: 'kshot sql "SELECT * FROM latest_metrics"' }]);
    }
    if (file === '-') return success(readFileSync(0, 'utf8'));
    if (existsSync(file)) return success(readFileSync(file, 'utf8'));
    return failed([
      {
        reason: 'file-not-found',
        message: `there is no file ${file} to read a query from`,
        hint: 'the path is relative to where kshot was started; - reads from stdin',
      },
    ]);
  });
}

async function toFile(project: Project, query: string, output: string, options: SqlOptions): Promise<number> {
  const terminal = openTerminal(options);
  const written = await asValues(() => writeRows(project, query, resolve(output), options));
  if (!written.ok) return terminal.fail(written.failure);
  terminal.wrote(resolve(output));
  return 0;
}

async function writeRows(
  project: Project,
  query: string,
  path: string,
  { format, timeout: timeoutSeconds }: SqlOptions,
): Promise<Result<void, Failure[]>> {
  const asked = formAsked(format, path);
  if (!asked.ok) return failed([asked.failure]);
  const form = asked.value;
  makeFolders(dirname(path));
  if (form === 'parquet') return await project.queryParquet(query, { path, timeoutSeconds });
  const pieces: string[] = [];
  const { failure } = await project.queryText(query, {
    format: form,
    timeoutSeconds,
    output: async (piece) => pieces.push(piece) > 0,
  });
  if (failure !== undefined) return failed([failure]);
  writeUserFile(path, pieces.join(''));
  return success(undefined);
}
