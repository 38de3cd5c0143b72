import type { RowFormat } from '../../tables/row-formats.js';
import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface SqlOptions extends CommonOptions {
  readonly format?: RowFormat;
  /** Seconds. */
  readonly timeout: number;
}

/** `kshot sql QUERY`: rows of one query over the result tables, on stdout. */
export async function sql(options: SqlOptions, query: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const { format, timeout } = options;
  let hasWritten = false;
  const { failure } = await project.value.queryText(query, {
    format: format ?? (terminal.json ? 'json' : 'table'),
    ...(format === undefined && Number.isFinite(terminal.dataWidth) ? { width: terminal.dataWidth } : {}),
    timeoutSeconds: timeout,
    output(text) {
      hasWritten = true;
      return terminal.stream(text);
    },
  });
  if (failure === undefined) return 0;
  // What follows rows cannot be a document of its own on stdout.
  return (hasWritten ? openTerminal({ ...options, json: false }) : terminal).fail([failure]);
}
