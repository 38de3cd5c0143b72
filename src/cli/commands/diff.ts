import { join } from 'node:path';
import { findRunAmong, folderGone } from '../../artifacts/find-run.js';
import { identityOf, readRegister } from '../../artifacts/register.js';
import { suggestion } from '../../base/nearest-name.js';
import { readCodeDigests } from '../../pipeline/plan/code-digests.js';
import { createManifestReader } from '../../pipeline/plan/explain.js';
import { compareRuns, readComparableRun } from '../../report/compare-runs.js';
import { findRoot } from '../../session/find-pipeline.js';
import { inReadingOrder } from '../../statistics/metrics.js';
import { openStore } from '../../store/local/open-store.js';
import { diffLines } from '../../ui/views/diff-view.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface DiffOptions extends CommonOptions {
  /** The metric to list, or `all`. */
  readonly metric?: string;
}

/** `kshot diff [BEFORE] [AFTER]`: what differs between two runs, on stdout. */
export async function diff(options: DiffOptions, before?: string, after?: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const { runs } = readRegister(root.value);
  const second = findRunAmong(root.value, runs, after);
  if (!second.ok) return terminal.fail([second.failure]);
  const first = findRunAmong(root.value, runs, before ?? `${second.value.pipeline}~1`);
  if (!first.ok) return terminal.fail([first.failure]);
  const [one, other] = [
    await readComparableRun(root.value, first.value),
    await readComparableRun(root.value, second.value),
  ];
  if (one === undefined) return terminal.fail([folderGone(first.value)]);
  if (other === undefined) return terminal.fail([folderGone(second.value)]);
  const store = await openStore(join(root.value, 'cache'));
  const compared = await compareRuns(one, other, store, createManifestReader(readCodeDigests(), store));
  const { metric } = options;
  const names = new Set(
    [...one.report.metrics, ...other.report.metrics].flatMap(({ values }) => Object.keys(values)),
  );
  if (metric !== undefined && metric !== 'all' && !names.has(metric)) {
    const hint = suggestion(metric, [...inReadingOrder(names), 'all']);
    return terminal.fail([
      {
        reason: 'usage',
        message: `neither run has a metric ${metric}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ]);
  }
  if (terminal.json) terminal.document(compared);
  else {
    const { nodes } = compared;
    if (first.value.signature === second.value.signature && nodes.differing.length === 0) {
      terminal.say(`${identityOf(first.value)} and ${identityOf(second.value)} have the same results`);
    }
    const layout = { style: terminal.dataStyle, width: terminal.dataWidth };
    for (const line of diffLines(compared, layout, metric)) terminal.show(line);
  }
  return 0;
}
