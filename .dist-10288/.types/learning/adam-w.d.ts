import type { Optimizer } from './optimizer.js';
/**
 * Adam before whose steps the parameters shrink by the factor `1 - rate * weightDecay`, apart from the gradient, as
 * PyTorch has it.
 *
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), algorithm 2.
 */
export declare function adamW(rate: number, weightDecay: number): Optimizer;
