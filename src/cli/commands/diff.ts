import { suggestion } from '../../base/nearest-name.js';
import { diffLines } from '../../ui/views/diff-view.js';
import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface DiffOptions extends CommonOptions {
  /** The metric to list, or `all`. */
  readonly metric?: string;
}

/** `kshot diff [BEFORE] [AFTER]`: what differs between two runs, on stdout. */
export async function diff(options: DiffOptions, before?: string, after?: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const compared = await project.value.compare(before, after);
  if (!compared.ok) return terminal.fail(compared.failure);
  const { comparison, haveSameResults, metrics } = compared.value;
  const { metric } = options;
  if (metric !== undefined && metric !== 'all' && !metrics.includes(metric)) {
    const hint = suggestion(metric, [...metrics, 'all']);
    return terminal.fail([
      {
        reason: 'usage',
        message: `neither run has a metric ${metric}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ]);
  }
  if (terminal.json) {
    terminal.document(comparison);
    return 0;
  }
  if (haveSameResults) {
    terminal.say(`${comparison.before.run} and ${comparison.after.run} have the same results`);
  }
  const layout = { style: terminal.dataStyle, width: terminal.dataWidth };
  for (const line of diffLines(comparison, layout, metric)) terminal.show(line);
  return 0;
}
