import type { Backward, Batch, Forward } from './passes.js';
/**
 * Adds `H * direction` to `product`, exactly, where H is the Hessian of the loss on `batch` at `parameters`.
 * `forward` and `backward` are the passes at the same parameters.
 */
export declare function addHessianVectorProduct(batch: Batch, parameters: Float64Array, forward: Forward, backward: Backward, direction: Float64Array, product: Float64Array): void;
