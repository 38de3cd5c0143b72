import { greatest } from '../../base/extremes.js';
import type { Task } from '../../data/pair-set.js';
import { isLayerRates } from '../../model/layer-rates.js';
import type { Adapted, AdaptHyper, Drift, Parameters } from '../engine.js';
import type { Device } from './device/device.js';
import { type PackedTasks, packInParts } from './pack-tasks.js';
import type { Passes, Values } from './passes.js';
import { bySet, driftOfSquares } from './read-values.js';

/** `Engine.adaptAndRank` on a device. */
export async function adaptAndRank(
  device: Device,
  parameters: Parameters,
  tasks: readonly Task[],
  { innerRates, steps }: AdaptHyper,
): Promise<Adapted> {
  const theta = device.inFloat32(parameters);
  const ranks: Int32Array[][] = steps.map(() => []);
  const drift: (readonly Drift[])[][] = steps.map(() => []);
  // Weights before and after a step, theta_0, the gradient and what the norms are taken of; rates of their own of steps.
  const ofRates = isLayerRates(innerRates) ? innerRates.steps : 0;
  for (const part of packInParts(device, tasks, { vectors: 8 + ofRates, evaluations: 1 })) {
    const found = await device.compute((passes) =>
      enqueueSteps(passes, theta, part, device.uploadRates(innerRates, part.support.slots), steps),
    );
    const querySets = part.tasks.map(({ query }) => query);
    for (const [index, step] of steps.entries()) {
      const [stepRanks, squares] = [found[`ranks ${step}`], found[`squares ${step}`]];
      if (stepRanks === undefined || squares === undefined) throw new Error(`step ${step} was not reached`);
      for (const own of bySet(part.query, querySets, stepRanks)) ranks[index]?.push(Int32Array.from(own));
      for (const own of driftOfSquares(device.shape, theta, part.query.slots, squares))
        drift[index]?.push(own);
    }
  }
  return { ranks, drift };
}

/** `ranks n` and `squares n` of each step count n that is asked for. */
function enqueueSteps(
  passes: Passes,
  theta: Float32Array,
  { support, query }: PackedTasks,
  rates: ReturnType<Device['uploadRates']>,
  steps: readonly number[],
): { readonly [name: string]: Values } {
  const values: { [name: string]: Values } = {};
  const supportForests = passes.uploadForests(support);
  const queryForests = passes.uploadForests(query);
  const start = passes.uploadVector(theta, support.slots);
  let weights = start;
  const last = greatest(steps, 0);
  for (let step = 0; step <= last; step++) {
    if (step > 0) {
      const evaluation = passes.evaluate(supportForests, weights);
      const moved = passes.descend(weights, rates(step - 1), evaluation.gradient);
      evaluation.release();
      if (weights !== start) weights.release();
      weights = moved;
    }
    if (!steps.includes(step)) continue;
    values[`ranks ${step}`] = passes.ranks(queryForests, weights);
    values[`squares ${step}`] = passes.squares(weights, start);
  }
  return values;
}
