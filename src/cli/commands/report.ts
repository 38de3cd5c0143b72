import { success } from '../../base/result.js';
import { openFile } from '../open-file.js';
import { projectOf } from '../open-project.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface ReportOptions extends CommonOptions {
  readonly open?: boolean;
}

/**
 * `kshot report [RUN]`: makes report.html and its figures again from the verified files of a run, and prints its path
 * on stdout; opens it with `--open`.
 */
export async function report(options: ReportOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const made = await project.value.remakePage(name);
  if (!made.ok) return terminal.fail(made.failure);
  const { named, run, path } = made.value;
  if (run !== named) {
    terminal.say(`${named} executed nothing: its results, and its report, are those of ${run}`);
  }
  if (!terminal.json) terminal.data(`${shownPath(path)}\n`);
  const opened = options.open === true ? await openFile(path) : success(undefined);
  if (!opened.ok) return terminal.fail([opened.failure]);
  if (terminal.json) terminal.document({ run, path });
  return 0;
}
