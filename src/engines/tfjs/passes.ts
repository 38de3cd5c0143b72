import type { ItemSlots } from '../item-slots.js';
import type { PackedForests } from './packed-forests.js';

/** Something on the device. Whoever was given it releases it; what it was made from may be released before it. */
export interface DeviceResource {
  release(): void;
}

/** Packed forests on the device. */
export type DeviceForests = DeviceResource;

/**
 * A vector in parameter space for each weight vector of a batch: weights, a gradient, a direction or rates. Of the
 * embedding it holds the rows of `ItemSlots` alone. It may share storage where all weight vectors are equal.
 */
export type Vectors = DeviceResource;

/** Numbers to be read back. */
export type Values = DeviceResource;

/** The loss and its gradient at some weights, with what `vjp` needs of the forward and the backward pass. */
export interface GradientEvaluation extends DeviceResource {
  /** Of the weighted loss of each weight vector; released with the evaluation. */
  readonly gradient: Vectors;
  /** `[pairs]` the unweighted loss of each pair, in the order of the packed forests; released with the evaluation. */
  readonly losses: Values;
}

/** How far one inner step goes: one rate, or one for each parameter. */
export type Rates = number | Vectors;

/** What one weight vector of some forests takes of the device's memory, in floats. */
export interface Footprint {
  /** Its share of `Vectors`. */
  readonly vector: number;
  /** Its share of an evaluation without the gradient, and of what is made on the way to it. */
  readonly evaluation: number;
  /** Its share of the largest single buffer. */
  readonly largestBuffer: number;
}

/**
 * The passes that the engine is made of, on a device. Each works on all weight vectors of a batch at once: W vectors of
 * S slots, with D parameters outside the embedding, which is e wide. The engine above is written once for all
 * implementations; an implementation is given nothing but what it made itself.
 *
 * All but `read` are synchronous: they enqueue work, and throw only where the device has no room or is gone. What an
 * implementation keeps between calls (constants, what was uploaded last) goes with `close`.
 */
export interface Passes {
  /**
   * Runs `make`, which calls the passes below and returns what is to be read next: what else it made is released, at the
   * latest by that reading; all of it where `make` throws.
   */
  enqueue<Made extends object>(make: () => Made): Made;

  /** Known without the device. */
  footprint(forests: PackedForests): Footprint;

  uploadForests(forests: PackedForests): DeviceForests;

  /** A vector in the order of `parameterLayout`, the same for each weight vector of `slots`. */
  uploadVector(vector: Float32Array, slots: ItemSlots): Vectors;

  /** Forward and backward pass at `weights`. */
  evaluate(forests: DeviceForests, weights: Vectors): GradientEvaluation;

  /** One inner step: `weights - rates * gradient`, elementwise. */
  descend(weights: Vectors, rates: Rates, gradient: Vectors): Vectors;

  /**
   * The derivative by the weights before an inner step, given that by the weights after it: `derivative - H (rates *
   * derivative)`, exactly, where H is the Hessian of the loss at `weights`, and `evaluation` was made there.
   */
  vjp(
    forests: DeviceForests,
    weights: Vectors,
    evaluation: GradientEvaluation,
    rates: Rates,
    derivative: Vectors,
  ): Vectors;

  /** `sum + one * other`, elementwise; `one * other` where there is no sum yet. */
  addProduct(sum: Vectors | undefined, one: Vectors, other: Vectors): Vectors;

  /**
   * `[D + W * S * e]`: the sum over the weight vectors in the order of `parameterLayout` without the embedding, then
   * the rows of the embedding, not summed. What stands in unused slots means nothing.
   */
  sumOverVectors(vectors: Vectors): Values;

  /**
   * `[pairs]` the rank of each pair's label at `weights`, in the order of the packed forests: 1 + items scored higher +
   * equal-scored items of lower id; 0 where a score is not finite.
   */
  ranks(forests: DeviceForests, weights: Vectors): Values;

  /**
   * `[2, W, 6 + S]` sums of squares of `weights`, then of `weights - start`: of each tensor after the embedding in the
   * order of `parameterLayout`, then of each slot's row.
   */
  squares(weights: Vectors, start: Vectors): Values;

  /** What `values` are, read in one transfer. */
  read(values: readonly Values[]): Promise<readonly Float32Array[]>;

  close(): void;
}
