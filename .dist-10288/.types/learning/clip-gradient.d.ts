import type { Parameters } from '../engines/engine.js';
/**
 * The gradient scaled by min(1, limit / (norm + 1e-6)), as `torch.nn.utils.clip_grad_norm_` does, and its norm
 * before.
 */
export declare function clipGradient(gradient: Parameters, limit: number): {
    readonly clipped: Parameters;
    readonly norm: number;
};
/** The Euclidean norm, summed in float64, in order. */
export declare function normOf(gradient: Parameters): number;
/** The gradient with 0 where `trained` is 0: what no step moves. All of it where `trained` is undefined. */
export declare function gradientOfTrained(gradient: Parameters, trained: ArrayLike<number> | undefined): Parameters;
