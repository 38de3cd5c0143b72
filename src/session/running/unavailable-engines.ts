import type { Failure } from '../../base/failure.js';
import { probeOnce } from '../../engines/choose-here.js';
import { engines } from '../../engines/registry.js';
import type { PlannedPipeline } from '../planning/plan-pipeline.js';

/**
 * What is wrong with the engines that nodes to be executed want: said at once, not after hours of what comes before
 * them. An engine that needs neither optional packages nor a program of the machine can always compute.
 */
export async function unavailableEngines({
  plan,
  store,
}: Pick<PlannedPipeline, 'plan' | 'store'>): Promise<readonly Failure[]> {
  // What the machine of a job has, only the job sees.
  const here = plan.nodes.filter(({ state, node }) => state !== 'hit' && node.resources.batch === undefined);
  const open = here.flatMap(({ node }) => node.engine ?? []);
  const wanted = [...new Set(open)].filter((name) => {
    const { packages = [], surroundings } = engines[name] ?? {};
    return packages.length > 0 || surroundings !== undefined;
  });
  const failures: Failure[] = [];
  for (const name of wanted) {
    const probe = await probeOnce(name, store.folder, plan.graph.python?.program);
    if (probe.available) continue;
    failures.push({
      reason: 'engine-unavailable',
      message: `the engine ${name} cannot compute here: ${probe.why}`,
      hint: probe.remedy ?? 'kshot doctor says which engines can',
    });
  }
  return failures;
}
