import { parameterCount, parameterLayout } from '../../model/gru/parameter-layout.js';
import { isLayerRates, type LayerRates } from '../../model/layer-rates.js';
import type { MetaHyper, Parameters } from '../engine.js';
import type { KernelMemory } from './kernel-memory.js';
import { kernelOrder, type PaddedShape, pad, uniformRates } from './padded-shape.js';
import type { LocalForest } from './planned-task.js';

/** Bytes that the groups' sums may take before groups are made larger. */
const sumsLimit = 512e6;

/** Kinds of plan; as in `kernel/layout.h`. */
export const planKinds = { chain: 0, batch: 1, adapt: 2 };

/** A piece of work laid out in memory, and where its results will be. */
export interface PlacedWork {
  readonly plan: number;
  readonly itemIds: Int32Array;
  readonly gradientRows: number;
  readonly rateGradientRows: number;
  readonly layerGradient: number;
  /** For each of `lossSteps`, then for each pair. */
  readonly losses: number;
  readonly pairs: number;
  readonly ranks: number;
  readonly drift: number;
  /** `[counts, pairs, listed]` */
  readonly lists: number;
  /** About how long it takes, in no unit. */
  readonly work: number;
}

/** Pieces of work that one thread does in order; their gradients add up. */
export type Group = readonly PlacedWork[];

/** What a plan says; weights are of the pairs' losses, addresses are in bytes. */
export interface PlanFields {
  readonly kind: number;
  readonly itemIds: Int32Array;
  readonly support: LocalForest;
  readonly supportWeight: number | Float32Array;
  readonly query?: LocalForest;
  readonly steps?: number;
  readonly rate?: number;
  readonly rates?: number;
  readonly layerRates?: number;
  readonly rateSteps?: number;
  /** The query losses in the objective: all inner steps first, then fewer; default that after all steps alone. */
  readonly losses?: readonly WeightedLoss[];
  /** Whether the gradient by `layerRates` is wanted. */
  readonly layerGradient?: boolean;
  readonly secondOrder?: boolean;
  readonly scale: number;
  readonly parameters: number;
  readonly sums?: number;
  readonly rateSums?: number;
  readonly rankSteps?: readonly number[];
  /** Items to list of each ranking, at most as many as there are; 0 for none. */
  readonly listed?: number;
}

/** A query loss after some inner steps, and what it counts. */
export interface WeightedLoss {
  readonly step: number;
  readonly weight: number;
}

/** What a plan says of its rates; the fields of `PlanFields`. */
type PlacedRates = Pick<PlanFields, 'rate' | 'rates' | 'layerRates' | 'rateSteps'>;

/** Room for dense sums, one for each group and `stride` bytes apart, and for their total. */
export interface Sums {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  readonly total: number;
}

/** Lays parameters and plans out in the threads' memory as the kernel reads them. */
export class WorkLayout {
  constructor(
    readonly shape: PaddedShape,
    readonly memory: KernelMemory,
  ) {}

  /** Address of parameters, or of one rate for each, as the kernel has them. */
  putParameters(parameters: Parameters): number {
    const wanted = parameterCount(this.shape.shape);
    if (parameters.length !== wanted) {
      throw new Error(`expected ${wanted} parameters, found ${parameters.length}`);
    }
    const address = this.memory.take(this.shape.floats * 4);
    pad(this.shape, parameters, this.memory.floats(address, this.shape.floats));
    return address;
  }

  /** One rate stays one (and fc.weight's changes stay low-rank) unless a gradient by each rate is wanted. */
  putRates(innerRates: number | Parameters | LayerRates, learnRates: boolean): PlacedRates {
    if (isLayerRates(innerRates)) return this.#putLayerRates(innerRates);
    if (typeof innerRates === 'number' && !learnRates) return { rate: innerRates, rates: 0 };
    const each = typeof innerRates === 'number' ? uniformRates(this.shape.shape, innerRates) : innerRates;
    return { rate: 0, rates: this.putParameters(each) };
  }

  #putLayerRates({ steps, rates }: LayerRates): PlacedRates {
    const names = parameterLayout(this.shape.shape).map(({ name }) => name);
    const tensors = names.length;
    const inOrder = Float32Array.from({ length: steps * tensors }, (_, i) => {
      const tensor = names.indexOf(kernelOrder[i % tensors] ?? '');
      return rates[i - (i % tensors) + tensor] ?? Number.NaN;
    });
    return { layerRates: this.memory.putFloats(inOrder), rateSteps: steps };
  }

  /** The least number of items in a group that keeps the groups' sums within their limit. */
  sizeFor(count: number): number {
    return Math.ceil((count * this.shape.denseFloats * 4) / sumsLimit);
  }

  /** Room for the sums of `count` groups and for their total. */
  takeSums(count: number): Sums {
    const { denseFloats } = this.shape;
    const stride = Math.ceil((denseFloats * 4) / 64) * 64;
    return {
      first: this.memory.take(count * stride),
      stride,
      count,
      total: this.memory.take(denseFloats * 4),
    };
  }

  #putForest(local: LocalForest, weight: number | Float32Array): readonly number[] {
    const memory = this.memory;
    const { forest, items, labels, first, unique } = local;
    const levels = forest.levelOffsets.length - 1;
    const weights = typeof weight === 'number' ? new Float32Array(labels.length).fill(weight) : weight;
    return [
      items.length,
      forest.levelOffsets[1] ?? 0,
      levels,
      labels.length,
      first,
      unique,
      memory.put(items),
      memory.put(forest.parents),
      memory.put(forest.levelOffsets),
      memory.put(forest.nodeOfPair),
      memory.put(labels),
      memory.putFloats(weights),
    ];
  }

  #takeLayerGradient(steps: number): number {
    const count = steps * kernelOrder.length;
    const address = this.memory.take(count * 8);
    this.memory.doubles(address, count).fill(0);
    return address;
  }

  /** Writes a plan as `Plan` of `kernel/layout.h` reads it. */
  putPlan(fields: PlanFields): PlacedWork {
    const memory = this.memory;
    const { itemIds, support, query, rankSteps = [], listed = 0 } = fields;
    const supportForest = memory.put(this.#putForest(support, fields.supportWeight));
    const steps = fields.steps ?? 0;
    const weighted = fields.losses ?? [{ step: steps, weight: 1 }];
    const queryForest =
      query === undefined ? 0 : memory.put(this.#putForest(query, weightsOf(query, weighted)));
    const pairs = (query ?? support).labels.length;
    const rowBytes = itemIds.length * this.shape.embedding * 4;
    const gradientRows = fields.sums === undefined ? 0 : memory.take(rowBytes);
    const rateGradientRows = (fields.rateSums ?? 0) === 0 ? 0 : memory.take(rowBytes);
    const rateSteps = fields.rateSteps ?? 0;
    const layerGradient = fields.layerGradient === true ? this.#takeLayerGradient(rateSteps) : 0;
    const losses = memory.take(weighted.length * pairs * 8);
    const ranks = memory.take(rankSteps.length * pairs * 4);
    const drift = memory.take(rankSteps.length * kernelOrder.length * 24);
    const lists = memory.take(rankSteps.length * pairs * listed * 4);
    const plan = memory.put([
      fields.kind,
      supportForest,
      queryForest,
      itemIds.length,
      memory.put(itemIds),
      steps,
      floatBits(fields.rate ?? 0),
      fields.rates ?? 0,
      fields.layerRates ?? 0,
      rateSteps,
      fields.secondOrder === true ? 1 : 0,
      floatBits(fields.scale),
      fields.parameters,
      fields.sums ?? 0,
      gradientRows,
      fields.rateSums ?? 0,
      rateGradientRows,
      layerGradient,
      weighted.length,
      memory.put(weighted.map(({ step }) => step)),
      losses,
      rankSteps.length,
      memory.put(rankSteps),
      ranks,
      drift,
      listed,
      lists,
    ]);
    const work = workOf(fields, weighted.length);
    return {
      plan,
      itemIds,
      gradientRows,
      rateGradientRows,
      layerGradient,
      losses,
      pairs,
      ranks,
      drift,
      lists,
      work,
    };
  }
}

function workOf({ support, query, secondOrder, steps = 0 }: PlanFields, losses: number): number {
  const perStep = secondOrder === true ? 3 : 1;
  return (
    (support.items.length + support.labels.length) * Math.max(1, perStep * steps) +
    (query === undefined ? 0 : losses * (query.items.length + query.labels.length))
  );
}

/** Of each loss, for each pair: what it counts in the mean. */
function weightsOf({ labels }: LocalForest, losses: readonly WeightedLoss[]): Float32Array {
  return Float32Array.from({ length: losses.length * labels.length }, (_, i) => {
    const weight = losses[Math.floor(i / labels.length)]?.weight ?? Number.NaN;
    return weight / labels.length;
  });
}

/** The query losses of the adapted part of an objective, as the kernel wants them. */
export function weightedLosses({
  innerSteps,
  stepWeights,
}: Pick<MetaHyper, 'innerSteps' | 'stepWeights'>): readonly WeightedLoss[] {
  const last = stepWeights?.[innerSteps - 1] ?? 1;
  const losses = [{ step: innerSteps, weight: last }];
  for (let step = innerSteps - 1; step > 0; step--) {
    const weight = stepWeights?.[step - 1] ?? 0;
    if (weight !== 0) losses.push({ step, weight });
  }
  return losses;
}

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a float32, as the word that holds it. */
function floatBits(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}
