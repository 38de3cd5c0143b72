import { neededResults } from '../../artifacts/runs/needed-results.js';
import { resultFiles, shownTables } from '../../artifacts/tables/result-rows.js';
import type { Failure } from '../../base/failure.js';
import { type Result, success } from '../../base/result.js';
import type { PlannedPipeline } from '../planning/plan-pipeline.js';

/**
 * Verifies the results that a hit would show figures from, and plans again where one is bad: it was set aside, so
 * its node runs.
 */
export async function withSoundResults(
  planned: PlannedPipeline,
): Promise<Result<{ planned: PlannedPipeline; badNodes: readonly string[] }, Failure[]>> {
  const brought = await withResultsBrought(planned);
  if (!brought.ok) return brought;
  return await withGoodResults(brought.value);
}

/** Has here what the run will read of its hits, and plans again without those of which a remote cache does not give it. */
async function withResultsBrought(planned: PlannedPipeline): Promise<Result<PlannedPipeline, Failure[]>> {
  const neededOf = neededResults(planned.graph);
  for (let plan = planned.plan; ; ) {
    const needed = plan.nodes.map(({ node, entry }) => (entry === undefined ? [] : neededOf(node, entry)));
    const brought = await Promise.all(
      needed.filter((objects) => objects.length > 0).map((objects) => planned.store.bring(objects)),
    );
    if (brought.every((one) => one)) return success({ ...planned, plan });
    const again = await planned.replan();
    if (!again.ok) return again;
    plan = again.value;
  }
}

async function withGoodResults(
  planned: PlannedPipeline,
): Promise<Result<{ planned: PlannedPipeline; badNodes: readonly string[] }, Failure[]>> {
  const bad = new Set<string>();
  const shown = shownTables.flatMap((table) => resultFiles(planned.plan.nodes, table));
  for (const { node, digest, bytes } of shown) {
    if (!(await planned.store.verify({ digest, bytes }))) bad.add(node);
  }
  if (bad.size === 0) return success({ planned, badNodes: [] });
  const plan = await planned.replan();
  return plan.ok ? success({ planned: { ...planned, plan: plan.value }, badNodes: [...bad] }) : plan;
}
