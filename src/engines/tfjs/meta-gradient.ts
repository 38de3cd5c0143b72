import type { Task } from '../../data/pair-set.js';
import { parameterLayout } from '../../model/gru/parameter-layout.js';
import { isLayerRates, type LayerRates } from '../../model/layer-rates.js';
import type { MetaGradient, MetaHyper, Parameters } from '../engine.js';
import { assignSlots } from '../item-slots.js';
import { mean } from '../mean.js';
import { type Device, rateRow } from './device/device.js';
import { type PackedTasks, packInParts } from './pack-tasks.js';
import { type PackedForests, packForests } from './packed-forests.js';
import type { Passes, Values, Vectors } from './passes.js';
import { addSum, bySet } from './read-values.js';

/** `Engine.metaGradient` on a device. */
export async function metaGradient(
  device: Device,
  parameters: Parameters,
  tasks: readonly Task[],
  hyper: MetaHyper,
): Promise<MetaGradient> {
  const theta = device.inFloat32(parameters);
  const layered = isLayerRates(hyper.innerRates) ? hyper.innerRates : undefined;
  const sums: Sums = {
    gradient: new Float64Array(theta.length),
    byRates: Array.from({ length: layered?.steps ?? 1 }, () => new Float64Array(theta.length)),
    tasks: tasks.length,
  };
  const losses: number[] = [];
  for (const part of partsOf(device, tasks, hyper, layered?.steps ?? 0)) {
    const unadapted = hyper.lambdaResidual === 0 ? undefined : packAsOne(part.tasks);
    const found = await device.compute<Found>((passes) => ({
      ...enqueueChain(device, passes, theta, part, hyper),
      ...enqueueUnadapted(passes, theta, unadapted),
    }));
    addChain(sums, device, part, hyper, found);
    const after = lossesAfter(part, hyper, found);
    for (const loss of addUnadapted(sums, device, { part, unadapted, after }, hyper, found))
      losses.push(loss);
  }
  const lossPerTask = Float64Array.from(losses);
  return {
    loss: mean(lossPerTask),
    gradient: Float32Array.from(sums.gradient),
    ...(hyper.learnRates === true ? { rateGradient: asAsked(device, layered, sums.byRates) } : {}),
    lossPerTask,
  };
}

/** What was read of a part, by name. */
interface Found {
  readonly [name: string]: Values | undefined;
}

/** The same, read. */
type Read = { readonly [Name in keyof Found]: Float32Array | undefined };

/** Of all parts, over so many tasks. */
interface Sums {
  readonly gradient: Float64Array;
  /** For each inner step with rates of its own, or for all. */
  readonly byRates: readonly Float64Array[];
  readonly tasks: number;
}

function partsOf(
  device: Device,
  tasks: readonly Task[],
  hyper: MetaHyper,
  rateSteps: number,
): readonly PackedTasks[] {
  const { innerSteps } = hyper;
  // At adapted weights that count, and at the initial ones.
  const queries = countsOf(hyper).filter((count) => count !== 0).length + 1;
  // Weights and gradient of each step; rates and their gradients of steps that have some of their own; at most eight
  // more while a derivative is carried one step back.
  return packInParts(device, tasks, {
    vectors: 2 * innerSteps + 8 + 2 * rateSteps,
    evaluations: innerSteps + 1,
    queryEvaluations: queries,
  });
}

/** Adds the derivatives of the adapted part of the loss. */
function addChain(
  sums: Sums,
  { shape }: Device,
  { query: { slots } }: PackedTasks,
  hyper: MetaHyper,
  found: Read,
): void {
  const share = ((countsOf(hyper).at(-1) ?? 1) * (1 - hyper.lambdaResidual)) / sums.tasks;
  addSum(sums.gradient, shape, slots, valuesIn(found, 'chain'), share);
  for (const [row, own] of sums.byRates.entries()) {
    const products = found[`products ${row}`];
    if (products !== undefined) addSum(own, shape, slots, products, -share);
  }
}

/** The adapted part of each task's loss. */
function lossesAfter({ tasks, query }: PackedTasks, hyper: MetaHyper, found: Read): readonly number[] {
  const sets = tasks.map((task) => task.query);
  const after = new Float64Array(tasks.length);
  for (const [step, count] of countsOf(hyper).entries()) {
    if (count === 0) continue;
    for (const [task, own] of bySet(query, sets, valuesIn(found, `losses ${step}`)).entries()) {
      after[task] = (after[task] ?? 0) + count * mean(own);
    }
  }
  return [...after];
}

/** Adds the derivative of the loss before adaptation, where that counts; each task's whole loss. */
function addUnadapted(
  { gradient, tasks }: Sums,
  { shape }: Device,
  {
    part,
    unadapted,
    after,
  }: { part: PackedTasks; unadapted: PackedForests | undefined; after: readonly number[] },
  { lambdaResidual: lambda }: MetaHyper,
  found: Read,
): readonly number[] {
  if (unadapted === undefined) return after;
  const sets = part.tasks.map(({ query }) => query);
  const slope = valuesIn(found, 'unadaptedGradient');
  addSum(gradient, shape, unadapted.slots, slope, (lambda * sets.length) / tasks);
  const before = bySet(unadapted, sets, valuesIn(found, 'unadaptedLosses')).map(mean);
  return after.map((loss, task) => (1 - lambda) * loss + lambda * (before[task] ?? Number.NaN));
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

/** What the query loss after 0 … n inner steps counts in the adapted part of the loss; after 0 steps only where n is 0. */
function countsOf({ innerSteps, stepWeights }: MetaHyper): readonly number[] {
  if (innerSteps === 0) return [1];
  return [
    0,
    ...(stepWeights ?? Array.from({ length: innerSteps }, (_, i) => (i === innerSteps - 1 ? 1 : 0))),
  ];
}

/** The gradient by the rates: for each parameter, or for each step and tensor. */
function asAsked(
  { shape }: Device,
  layered: LayerRates | undefined,
  sums: readonly Float64Array[],
): Float32Array {
  if (layered === undefined) return Float32Array.from(sums[0] ?? []);
  const tensors = parameterLayout(shape);
  return Float32Array.from(
    sums.flatMap((own) =>
      tensors.map(({ offset, size }) =>
        own.subarray(offset, offset + size).reduce((sum, value) => sum + value, 0),
      ),
    ),
  );
}

function valuesIn(found: Read, name: string): Float32Array {
  const values = found[name];
  if (values === undefined) throw new Error(`${name} was not computed`);
  return values;
}

/**
 * The inner loop, the query sets' losses after those numbers of steps that count (`losses n`), and the sums over the tasks
 * of the derivative of each one's loss by theta_0 (`chain`) and, where rates are learned, of the products (derivative by
 * theta_{j+1}) * grad S(theta_j) of the steps that share rates (`products r`); both over what the last loss counts.
 */
function enqueueChain(
  device: Device,
  passes: Passes,
  theta: Float32Array,
  { support, query }: PackedTasks,
  hyper: MetaHyper,
): { readonly [name: string]: Values } {
  const { innerRates, innerSteps, secondOrder, learnRates = false } = hyper;
  const rates = device.uploadRates(innerRates, support.slots);
  const forests = passes.uploadForests(support);
  const queries = passes.uploadForests(query);
  const counts = countsOf(hyper);
  const values: { [name: string]: Values } = {};
  const trajectory = [];
  let weights = passes.uploadVector(theta, support.slots);
  for (let step = 0; step < innerSteps; step++) {
    const evaluation = passes.evaluate(forests, weights);
    trajectory.push({ weights, evaluation });
    weights = passes.descend(weights, rates(step), evaluation.gradient);
  }
  const after = passes.evaluate(queries, weights);
  values[`losses ${innerSteps}`] = after.losses;
  weights.release();
  // By theta_{j+1}, for j from the last step to the first.
  let derivative = after.gradient;
  const products = new Map<number, Vectors>();
  for (const [step, { weights: before, evaluation }] of [...trajectory.entries()].reverse()) {
    if (learnRates) {
      const row = rateRow(innerRates, step);
      const sum = passes.addProduct(products.get(row), derivative, evaluation.gradient);
      products.get(row)?.release();
      products.set(row, sum);
    }
    if (secondOrder) {
      const earlier = passes.vjp(forests, before, evaluation, rates(step), derivative);
      derivative.release();
      derivative = earlier;
    }
    evaluation.release();
    const count = counts[step] ?? 0;
    if (count !== 0) {
      const onTheWay = passes.evaluate(queries, before);
      values[`losses ${step}`] = onTheWay.losses;
      // Minus a rate: their sum.
      const sum = passes.descend(derivative, -count / (counts[innerSteps] ?? 1), onTheWay.gradient);
      derivative.release();
      onTheWay.gradient.release();
      derivative = sum;
    }
    before.release();
  }
  values['chain'] = passes.sumOverVectors(derivative);
  for (const [row, sum] of products) values[`products ${row}`] = passes.sumOverVectors(sum);
  return values;
}
