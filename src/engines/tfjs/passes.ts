import type { ItemSlots, PackedForests } from './packed-forests.js';

/** Something on the device. Whoever was given it releases it, once; what it was made from may be released before it. */
export interface Held {
  release(): void;
}

/**
 * A vector in parameter space for each weight vector of a batch: weights, a gradient, a direction or rates. Of the
 * embedding it holds the rows of `ItemSlots` alone. It may share storage where all weight vectors are equal.
 */
export type Vectors = Held;

/** Numbers to be read back. */
export type Values = Held;

/** The loss and its gradient at some weights, with what the pass after it needs of the forward and the backward pass. */
export interface Evaluation extends Held {
  /** Of the weighted loss of each weight vector; released with the evaluation. */
  readonly gradient: Vectors;
  /** `[pairs]` the unweighted loss of each pair, in the order of the packed forests; released with the evaluation. */
  readonly losses: Values;
}

/** How far one inner step goes: one rate, or one for each parameter. */
export type Rates<V extends Vectors> = number | V;

/**
 * The passes that an engine is made of, on a device: all of them work on every weight vector of a batch at once, with
 * V vectors of S slots, D parameters outside the embedding and e its width. The engine above is written once for all
 * implementations.
 *
 * All but `read` are synchronous: they enqueue work and throw only where the device has no room or is gone. Tensors are
 * made through the library's own bookkeeping, so that a `tidy` around a series of calls releases what an error left.
 * What an implementation keeps between calls (constants, what was uploaded last) is released by `close`.
 */
export interface Passes<F extends Held, V extends Vectors, E extends Evaluation & { gradient: V }> {
  /** Floats of device memory that a weight vector's part of an evaluation of `forests` takes, without its gradient. */
  floatsPerEvaluation(forests: PackedForests): number;

  /** Puts forests on the device. */
  uploadForests(forests: PackedForests): F;

  /** A vector in the order of `parameterLayout` for each weight vector: all equal. */
  uploadVector(vector: Float32Array, slots: ItemSlots): V;

  /** Forward and backward pass at `weights`. */
  evaluate(forests: F, weights: V): E;

  /** One inner step: `weights - rates * gradient`, elementwise. */
  descend(weights: V, rates: Rates<V>, gradient: V): V;

  /**
   * What a derivative by the weights after an inner step is by the weights before it: `derivative - H (rates *
   * derivative)`, exactly, with H the Hessian of the loss at `weights`, where `evaluation` was made.
   */
  pullBack(forests: F, weights: V, evaluation: E, rates: Rates<V>, derivative: V): V;

  /** `sum + one * other`, elementwise; `one * other` where there is no sum yet. */
  addProduct(sum: V | undefined, one: V, other: V): V;

  /**
   * The sum over the weight vectors: `[D]` in the order of `parameterLayout` without the embedding, then the rows of
   * the embedding, not summed, `[V, S, e]`. What stands in unused slots means nothing.
   */
  sumOverVectors(vectors: V): Values;

  /**
   * `[pairs]` the rank of each pair's label at `weights`, in the order of the packed forests: 1 + items scored higher +
   * equal-scored items of lower id; 0 where a score is not finite.
   */
  ranks(forests: F, weights: V): Values;

  /**
   * `[2, V, 6 + S]` sums of squares of `weights`, then of `weights - start`: of each tensor after the embedding in the
   * order of `parameterLayout`, then of each slot's row.
   */
  squares(weights: V, start: V): Values;

  /** Reads all of `values` in one transfer, and releases them. */
  read(values: readonly Values[]): Promise<readonly Float32Array[]>;

  close(): void;
}
