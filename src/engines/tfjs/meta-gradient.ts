import type { Task } from '../../data/pair-set.js';
import type { MetaGradient, MetaHyper, Parameters } from '../engine.js';
import { assignSlots } from '../item-slots.js';
import type { Device } from './device/device.js';
import { type PackedTasks, packInParts } from './pack-tasks.js';
import { type PackedForests, packForests } from './packed-forests.js';
import type { Passes, Values, Vectors } from './passes.js';
import { addSum, bySet, mean } from './read-values.js';

/** `Engine.metaGradient` on a device. */
export async function metaGradient(
  device: Device,
  parameters: Parameters,
  tasks: readonly Task[],
  hyper: MetaHyper,
): Promise<MetaGradient> {
  const { shape } = device;
  const { lambdaResidual: lambda, innerSteps } = hyper;
  const theta = device.inFloat32(parameters);
  const gradient = new Float64Array(theta.length);
  const rateGradient = new Float64Array(theta.length);
  const losses: number[] = [];
  // Weights and gradient of each step; at most eight more while a derivative is carried one step back.
  const parts = packInParts(device, tasks, 2 * innerSteps + 8, innerSteps + 1);
  for (const part of parts) {
    const { slots } = part.query;
    const querySets = part.tasks.map(({ query }) => query);
    const unadapted = lambda === 0 ? undefined : packAsOne(part.tasks);
    const found = await device.compute((passes) => ({
      ...enqueueChain(device, passes, theta, part, hyper),
      ...enqueueUnadapted(passes, theta, unadapted),
    }));

    addSum(gradient, shape, slots, found.chain, (1 - lambda) / tasks.length);
    if (found.products !== undefined) {
      addSum(rateGradient, shape, slots, found.products, (lambda - 1) / tasks.length);
    }
    const after = bySet(part.query, querySets, found.losses).map(mean);
    const { unadaptedLosses, unadaptedGradient } = found;
    if (unadapted === undefined || unadaptedLosses === undefined || unadaptedGradient === undefined) {
      for (const loss of after) losses.push(loss);
      continue;
    }
    addSum(gradient, shape, unadapted.slots, unadaptedGradient, (lambda * querySets.length) / tasks.length);
    const before = bySet(unadapted, querySets, unadaptedLosses).map(mean);
    for (const [task, loss] of after.entries()) {
      losses.push((1 - lambda) * loss + lambda * (before[task] ?? Number.NaN));
    }
  }
  const lossPerTask = Float64Array.from(losses);
  return {
    loss: mean(lossPerTask),
    gradient: Float32Array.from(gradient),
    ...(hyper.learnRates === true ? { rateGradient: Float32Array.from(rateGradient) } : {}),
    lossPerTask,
  };
}

/** The query sets of tasks that share their weights. */
function packAsOne(tasks: readonly Task[]): PackedForests {
  const sets = [tasks.map(({ query }) => query)];
  return packForests(sets, assignSlots(sets));
}

function enqueueUnadapted(
  passes: Passes,
  theta: Float32Array,
  forests: PackedForests | undefined,
): { readonly unadaptedLosses?: Values; readonly unadaptedGradient?: Values } {
  if (forests === undefined) return {};
  const { losses, gradient } = passes.evaluate(
    passes.uploadForests(forests),
    passes.uploadVector(theta, forests.slots),
  );
  return { unadaptedLosses: losses, unadaptedGradient: passes.sumOverVectors(gradient) };
}

/**
 * The inner loop, the query sets' losses after it, and the sums over the tasks of the derivative of each one's loss by
 * theta_0 and, where rates are learned, of sum_j (derivative by theta_{j+1}) * grad S(theta_j).
 */
function enqueueChain(
  device: Device,
  passes: Passes,
  theta: Float32Array,
  { support, query }: PackedTasks,
  { innerRates, innerSteps, secondOrder, learnRates = false }: MetaHyper,
): { readonly losses: Values; readonly chain: Values; readonly products: Values | undefined } {
  const rates = device.uploadRates(innerRates, support.slots);
  const forests = passes.uploadForests(support);
  const trajectory = [];
  let weights = passes.uploadVector(theta, support.slots);
  for (let step = 0; step < innerSteps; step++) {
    const evaluation = passes.evaluate(forests, weights);
    trajectory.push({ weights, evaluation });
    weights = passes.descend(weights, rates, evaluation.gradient);
  }
  const { losses, gradient } = passes.evaluate(passes.uploadForests(query), weights);
  weights.release();
  // By theta_{j+1}, for j from the last step to the first.
  let derivative = gradient;
  let products: Vectors | undefined;
  for (const { weights: before, evaluation } of trajectory.toReversed()) {
    if (learnRates) {
      const sum = passes.addProduct(products, derivative, evaluation.gradient);
      products?.release();
      products = sum;
    }
    if (secondOrder) {
      const earlier = passes.vjp(forests, before, evaluation, rates, derivative);
      derivative.release();
      derivative = earlier;
    }
    evaluation.release();
    before.release();
  }
  return {
    losses,
    chain: passes.sumOverVectors(derivative),
    products: products === undefined ? undefined : passes.sumOverVectors(products),
  };
}
