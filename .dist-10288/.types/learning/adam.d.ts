import { type Optimizer } from './optimizer.js';
/**
 * Adam with moments 0.9 and 0.999, and eps 1e-8 added outside the bias-corrected root, as PyTorch has it.
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
 */
export declare function adam(rate: number): Optimizer;
