import type { PairSet, Task } from '../data/pair-set.js';
import type { Engine, MetaHyper } from '../engines/engine.js';
import { type MetaTraining, metaIteration } from './meta-train.js';
import type { OptimizerState } from './optimizer.js';
import type { DrawnTask } from './sample-tasks.js';
import type { Iteration } from './training-state.js';

/** The outer loop's settings; `hyper` says the inner loop's. */
export interface ReptileTraining extends Omit<MetaTraining, 'hyper' | 'stepWeightsOf'> {
  readonly hyper: Pick<MetaHyper, 'innerSteps'> & { readonly innerRates: number };
}

/**
 * One step of Reptile: each drawn task's support and query pairs, as one set, are descended on for `innerSteps` steps, and
 * the mean of `theta - theta_n`, clipped, goes into the optimizer as the gradient; with plain SGD its rate is the paper's
 * epsilon. It steps in the vectors of `state`, as `metaIteration` does.
 *
 * `theta - theta_n` is the inner rate times the sum of the gradients on the way, and those of the first n - 1 steps end
 * where the last is taken: the first-order gradient of a loss of n - 1 inner steps in which each point on the way counts
 * alike. So every engine computes it.
 *
 * Source: Nichol, Achiam and Schulman, "On first-order meta-learning algorithms" (2018), algorithm 2.
 *
 * @throws FailureError as `metaIteration`
 */
export async function reptileIteration(
  engine: Engine,
  state: OptimizerState,
  drawn: readonly DrawnTask[],
  { hyper: { innerRates, innerSteps }, ...training }: ReptileTraining,
): Promise<Iteration> {
  const onTheWay: MetaHyper = {
    innerRates,
    innerSteps: innerSteps - 1,
    lambdaResidual: 1 / innerSteps,
    secondOrder: false,
    stepWeights: new Array<number>(innerSteps - 1).fill(1 / (innerSteps - 1)),
  };
  return await metaIteration(
    engine,
    state,
    drawn.map(({ userId, task }) => ({ userId, task: asOneSet(task) })),
    { ...training, hyper: onTheWay, gradientScale: innerRates * innerSteps },
  );
}

/** All pairs of a task, to adapt to and to be asked for. */
function asOneSet({ support, query }: Task): Task {
  const all = joined(support, query);
  return { support: all, query: all };
}

function joined(one: PairSet, other: PairSet): PairSet {
  const items = new Int32Array(one.items.length + other.items.length);
  items.set(one.items);
  items.set(other.items, one.items.length);
  const end = one.offsets.at(-1) ?? 0;
  return {
    items,
    offsets: Int32Array.from([...one.offsets, ...other.offsets.subarray(1).map((offset) => offset + end)]),
    labels: Int32Array.from([...one.labels, ...other.labels]),
  };
}
