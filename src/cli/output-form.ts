import { extname } from 'node:path';
import type { Failure } from '../base/failure.js';
import { own } from '../base/own-properties.js';
import { failed, type Result, success } from '../base/result.js';
import type { RowFormat } from '../tables/row-formats.js';

/** Names of the forms that rows are printed in, and which form each is. */
const formsByName: { readonly [name: string]: RowFormat } = {
  table: 'table',
  csv: 'csv',
  json: 'json',
  markdown: 'markdown',
  md: 'markdown',
  latex: 'tex',
  tex: 'tex',
};

/** What `--format` takes. */
export const formNames = Object.keys(formsByName);

/** The form of a name that `--format` let through. */
export function formCalled(name: string): RowFormat {
  return own(formsByName, name) ?? 'table';
}

/** The form of a file of rows by its ending; undefined where that names none. */
function formOfFile(path: string): RowFormat | 'parquet' | undefined {
  const ending = extname(path).slice(1).toLowerCase();
  if (ending === 'parquet' || ending === 'txt') return ending === 'txt' ? 'table' : 'parquet';
  return ending === 'table' ? undefined : own(formsByName, ending);
}

/** The form that rows are asked for in, by name or by the ending of a file; one that says two is refused. */
export function formAsked(
  format: string | undefined,
  output: string | undefined,
): Result<RowFormat | 'parquet', Failure> {
  const ofFile = output === undefined ? undefined : formOfFile(output);
  if (format === undefined) {
    return output === undefined || ofFile !== undefined
      ? success(ofFile ?? 'table')
      : failed(unknownEnding(output));
  }
  const form = formCalled(format);
  // A file of any text may end in .txt.
  if (ofFile === undefined || ofFile === 'table' || ofFile === form) return success(form);
  return failed({
    reason: 'usage',
    message: `--format ${format} and the ending ${extname(output ?? '')} say two different forms`,
    hint: 'leave --format out, or give the file the ending of that form',
  });
}

/** What to say of a file whose ending names no form. */
function unknownEnding(path: string): Failure {
  const ending = extname(path);
  return {
    reason: 'usage',
    message: `${ending === '' ? 'a path without an ending' : `the ending ${ending}`} does not say in which form to write rows`,
    hint: 'let the path end in .parquet, .csv, .json, .md, .tex or .txt, or add --format',
  };
}
