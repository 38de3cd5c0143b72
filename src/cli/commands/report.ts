import { resolve } from 'node:path';
import { success } from '../../base/result.js';
import { openFile } from '../open-file.js';
import { projectOf } from '../open-project.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface ReportOptions extends CommonOptions {
  readonly open?: boolean;
  /** Folder for the figures as PDF. */
  readonly pdf?: string;
  /** Of these, in inches. */
  readonly width?: number;
}

/**
 * `kshot report [RUN]`: makes report.html and its figures again from the verified files of a run, and prints its path
 * on stdout; opens it with `--open`. With `--pdf` its figures are written as PDF, and their paths are printed, too.
 */
export async function report(options: ReportOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const { pdf, width } = options;
  if (width !== undefined && pdf === undefined) {
    const message = '--width is that of figures in print, which --pdf FOLDER writes';
    return terminal.fail([{ reason: 'usage', message }]);
  }
  const made = await project.value.remakePage(name, {
    ...(pdf === undefined ? {} : { pdfFolder: resolve(pdf) }),
    ...(width === undefined ? {} : { widthInches: width }),
  });
  if (!made.ok) return terminal.fail(made.failure);
  const { named, run, path, pdfs } = made.value;
  if (run !== named) {
    terminal.say(`${named} executed nothing: its results, and its report, are those of ${run}`);
  }
  if (!terminal.json) for (const one of [path, ...pdfs]) terminal.data(`${shownPath(one)}\n`);
  const opened = options.open === true ? await openFile(path) : success(undefined);
  if (!opened.ok) return terminal.fail([opened.failure]);
  if (terminal.json) terminal.document({ run, path, ...(pdf === undefined ? {} : { pdfs }) });
  return 0;
}
