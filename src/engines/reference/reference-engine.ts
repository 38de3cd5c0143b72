// Plain float64, one thread: the engine that the others are checked against.

import { setImmediate as turnEventLoop } from 'node:timers/promises';
import { greatest } from '../../base/extremes.js';
import type { Task } from '../../data/pair-set.js';
import { firstItems } from '../../model/first-items.js';
import type { GruShape } from '../../model/gru/gru-shape.js';
import { parameterCount, parameterLayout } from '../../model/gru/parameter-layout.js';
import { type InnerRates, isLayerRates, ratesOfStep } from '../../model/layer-rates.js';
import { builtInShape } from '../../model/model-family.js';
import { rankOfLabel } from '../../model/rank-of-label.js';
import { driftOf } from '../drift.js';
import type {
  Adapted,
  AdaptHyper,
  Drift,
  Engine,
  EngineOptions,
  LossGradient,
  MetaGradient,
  MetaHyper,
  Parameters,
} from '../engine.js';
import { addHessianVectorProduct } from './hessian-vector-product.js';
import {
  type Backward,
  type Batch,
  backwardPass,
  type Forward,
  forwardPass,
  prepareBatch,
} from './passes.js';

/** The reference engine for models of `options.shape`; it has no threads, so `options.threads` is not used. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const shape = builtInShape(options.shape);
  return {
    name: 'reference',
    precision: 'float64',
    metaGradient: (parameters, tasks, hyper) => metaGradient(shape, parameters, tasks, hyper),
    adaptAndRank: (parameters, tasks, hyper) => adaptAndRank(shape, parameters, tasks, hyper),
    async lossGradient(parameters, pairs): Promise<LossGradient> {
      const { forward, gradient } = evaluate(prepareBatch(shape, pairs), inFloat64(shape, parameters));
      return { loss: forward.loss, gradient };
    },
    async close() {},
  };
}

function inFloat64(shape: GruShape, vector: Parameters): Float64Array {
  const count = parameterCount(shape);
  if (vector.length !== count) throw new Error(`expected ${count} parameters, found ${vector.length}`);
  return vector instanceof Float64Array ? vector : Float64Array.from(vector);
}

/** The rates of each inner step, counted from 0. */
function ratesOf(shape: GruShape, rates: InnerRates): (step: number) => Float64Array {
  if (isLayerRates(rates)) return (step) => ratesOfStep(parameterLayout(shape), rates, step);
  const each =
    typeof rates === 'number' ? new Float64Array(parameterCount(shape)).fill(rates) : inFloat64(shape, rates);
  return () => each;
}

/** Adds `-chain * gradient` to the gradient by the rates of a step: element by element, or to one sum for each tensor. */
function addRateGradient(
  shape: GruShape,
  rates: InnerRates,
  step: number,
  chain: Float64Array,
  gradient: Float64Array,
  sum: Float64Array,
): void {
  // The lengths of all vectors are those of the parameters, or of the rates of `LayerRates`.
  if (!isLayerRates(rates)) {
    for (let i = 0; i < chain.length; i++) sum[i]! -= chain[i]! * gradient[i]!;
    return;
  }
  const tensors = parameterLayout(shape);
  const row = Math.min(step, rates.steps - 1) * tensors.length;
  for (const [index, { offset, size }] of tensors.entries()) {
    for (let i = offset; i < offset + size; i++) sum[row + index]! -= chain[i]! * gradient[i]!;
  }
}

interface Evaluation {
  readonly forward: Forward;
  readonly backward: Backward;
  readonly gradient: Float64Array;
}

function evaluate(batch: Batch, parameters: Float64Array): Evaluation {
  const gradient = new Float64Array(parameters.length);
  const forward = forwardPass(batch, parameters);
  const backward = backwardPass(batch, parameters, forward, gradient);
  return { forward, backward, gradient };
}

/** One inner step: `parameters - rates * gradient`, elementwise. */
function descend(parameters: Float64Array, rates: Float64Array, gradient: Float64Array): Float64Array {
  const moved = parameters.slice();
  // The three vectors have one length.
  for (let i = 0; i < moved.length; i++) moved[i]! -= rates[i]! * gradient[i]!;
  return moved;
}

async function metaGradient(
  shape: GruShape,
  parameters: Parameters,
  tasks: readonly Task[],
  hyper: MetaHyper,
): Promise<MetaGradient> {
  const start = inFloat64(shape, parameters);
  const rates = ratesOf(shape, hyper.innerRates);
  const gradient = new Float64Array(start.length);
  const { innerRates } = hyper;
  const rateCount = isLayerRates(innerRates) ? innerRates.rates.length : start.length;
  const rateGradient = hyper.learnRates === true ? new Float64Array(rateCount) : undefined;
  const lossPerTask = new Float64Array(tasks.length);
  for (const [index, task] of tasks.entries()) {
    lossPerTask[index] = addTask(shape, start, rates, task, hyper, gradient, rateGradient);
    await turnEventLoop();
  }
  const count = tasks.length;
  return {
    loss: lossPerTask.reduce((sum, loss) => sum + loss, 0) / count,
    gradient: gradient.map((value) => value / count),
    ...(rateGradient === undefined ? {} : { rateGradient: rateGradient.map((value) => value / count) }),
    lossPerTask,
  };
}

/** Adds one task's meta-gradient (and its rate gradient) to the sums, and gives its loss. */
function addTask(
  shape: GruShape,
  start: Float64Array,
  rates: (step: number) => Float64Array,
  task: Task,
  hyper: MetaHyper,
  gradientSum: Float64Array,
  rateGradientSum: Float64Array | undefined,
): number {
  const support = prepareBatch(shape, task.support);
  const query = prepareBatch(shape, task.query);
  const lambda = hyper.lambdaResidual;

  const trajectory: { readonly parameters: Float64Array; readonly evaluation: Evaluation }[] = [];
  let adapted = start;
  for (let step = 0; step < hyper.innerSteps; step++) {
    const evaluation = evaluate(support, adapted);
    trajectory.push({ parameters: adapted, evaluation });
    adapted = descend(adapted, rates(step), evaluation.gradient);
  }

  // The derivative of the adapted part of the loss by theta_{j+1}, for j from the last step to the first. The
  // lengths of all vectors below are those of the parameters, which is what each `!` says.
  const chain = new Float64Array(start.length);
  /** Adds what the query loss after so many steps counts, and its gradient to the derivative by the weights there. */
  const addQuery = (weight: number, parameters: Float64Array): number => {
    if (weight === 0) return 0;
    const { forward, gradient } = evaluate(query, parameters);
    for (let i = 0; i < chain.length; i++) chain[i]! += weight * gradient[i]!;
    return weight * forward.loss;
  };
  const weightAfter = (steps: number): number =>
    (1 - lambda) * (hyper.stepWeights?.[steps - 1] ?? (steps === hyper.innerSteps ? 1 : 0));
  let loss = addQuery(weightAfter(hyper.innerSteps), adapted);
  for (const [step, { parameters, evaluation }] of [...trajectory.entries()].reverse()) {
    if (rateGradientSum !== undefined) {
      addRateGradient(shape, hyper.innerRates, step, chain, evaluation.gradient, rateGradientSum);
    }
    if (hyper.secondOrder) {
      const direction = new Float64Array(chain.length);
      const ofStep = rates(step);
      for (let i = 0; i < chain.length; i++) direction[i] = -ofStep[i]! * chain[i]!;
      const { forward, backward } = evaluation;
      addHessianVectorProduct(support, parameters, forward, backward, direction, chain);
    }
    if (step > 0) loss += addQuery(weightAfter(step), parameters);
  }
  for (let i = 0; i < chain.length; i++) gradientSum[i]! += chain[i]!;
  if (lambda === 0) return loss;
  const unadapted = evaluate(query, start);
  for (let i = 0; i < chain.length; i++) gradientSum[i]! += lambda * unadapted.gradient[i]!;
  return loss + lambda * unadapted.forward.loss;
}

async function adaptAndRank(
  shape: GruShape,
  parameters: Parameters,
  tasks: readonly Task[],
  hyper: AdaptHyper,
): Promise<Adapted> {
  const start = inFloat64(shape, parameters);
  const rates = ratesOf(shape, hyper.innerRates);
  const ranks: Int32Array[][] = hyper.steps.map(() => []);
  const lists: Int32Array[][] = hyper.steps.map(() => []);
  const drift: (readonly Drift[])[][] = hyper.steps.map(() => []);
  const last = greatest(hyper.steps, 0);
  for (const task of tasks) {
    const support = prepareBatch(shape, task.support);
    const query = prepareBatch(shape, task.query);
    let adapted = start;
    for (let step = 0; step <= last; step++) {
      if (step > 0) adapted = descend(adapted, rates(step - 1), evaluate(support, adapted).gradient);
      const asked = hyper.steps.indexOf(step);
      if (asked < 0) continue;
      const { logits } = forwardPass(query, adapted);
      const { items } = shape;
      ranks[asked]?.push(query.labels.map((label, pair) => rankOfLabel(logits, pair * items, items, label)));
      if (hyper.listed !== undefined) lists[asked]?.push(listsOf(logits, items, hyper.listed));
      drift[asked]?.push(driftOf(parameterLayout(shape), start, adapted));
    }
    await turnEventLoop();
  }
  return { ranks, drift, ...(hyper.listed === undefined ? {} : { lists }) };
}

/** `[pairs, min(count, items)]`: the items ranked first among each pair's scores. */
function listsOf(scores: Float64Array, items: number, count: number): Int32Array {
  const width = Math.min(count, items);
  const lists = new Int32Array((scores.length / items) * width);
  for (let from = 0, to = 0; from < scores.length; from += items, to += width) {
    lists.set(firstItems(scores, from, items, width), to);
  }
  return lists;
}
