import { findRunAmong, folderGone } from '../../artifacts/find-run.js';
import { readRegister } from '../../artifacts/register.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { readCodeDigests } from '../../pipeline/plan/code-digests.js';
import { createManifestReader } from '../../pipeline/plan/explain.js';
import { compareRuns, type RunComparison, readComparableRun } from '../../report/compare-runs.js';
import { inReadingOrder } from '../../statistics/metrics.js';
import { openProjectStore } from '../open-store.js';

/** Two runs, compared. */
export interface ComparedRuns {
  readonly comparison: RunComparison;
  /** Whether their tables say the same and no step differs. */
  readonly haveSameResults: boolean;
  /** The metrics that either has, as they are read. */
  readonly metrics: readonly string[];
}

/** Compares two runs by their names; without `before`, with the run of the same pipeline before. */
export async function compareNamedRuns(
  root: string,
  before?: string,
  after?: string,
): Promise<Result<ComparedRuns, Failure[]>> {
  const { runs } = readRegister(root);
  const second = findRunAmong(root, runs, after);
  if (!second.ok) return failed([second.failure]);
  const first = findRunAmong(root, runs, before ?? `${second.value.pipeline}~1`);
  if (!first.ok) return failed([first.failure]);
  const one = await readComparableRun(root, first.value);
  const other = await readComparableRun(root, second.value);
  if (one === undefined) return failed([folderGone(first.value)]);
  if (other === undefined) return failed([folderGone(second.value)]);
  const opened = await openProjectStore(root);
  if (!opened.ok) return opened;
  const store = opened.value;
  const readCode = createManifestReader(readCodeDigests(), store);
  const comparison = await compareRuns(one, other, store, readCode);
  const values = [...one.report.metrics, ...other.report.metrics].map((row) => row.values);
  return success({
    comparison,
    haveSameResults:
      first.value.signature === second.value.signature && comparison.nodes.differing.length === 0,
    metrics: inReadingOrder(new Set(values.flatMap((named) => Object.keys(named)))),
  });
}
