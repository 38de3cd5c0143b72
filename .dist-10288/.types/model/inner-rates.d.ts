import type { ModelLayout } from './model-family.js';
import type { Model } from './model-file.js';
/** What an inner loop may move: every parameter, or the output layer alone, as ANIL does. */
export type AdaptedLayers = 'all' | 'head';
/** What an inner loop moves, and which item, if any, stands for padding: its embedding never learns. */
export interface InnerLoopScope {
    readonly adapt: AdaptedLayers;
    readonly paddingIndex: 0 | null;
}
/**
 * `[parameters]` of 1 for a parameter that the inner loop moves and 0 for one that it leaves as it is; undefined where
 * it moves all of them.
 */
export declare function scopeFactors(layout: ModelLayout, scope: InnerLoopScope): Float64Array | undefined;
/** Sets a vector of the parameters' length to 0 where the embedding of item 0 is; gives the vector. */
export declare function clearPaddingRow<Vector extends Float32Array | Float64Array>(layout: ModelLayout, vector: Vector): Vector;
/** One rate for all parameters where there are no factors, else each one's: `innerRate` times its factor. */
export declare function scaledRates(innerRate: number, factors: Float32Array | Float64Array | undefined): number | Float64Array;
/**
 * The rates at which a model adapts: `innerRate`, times the model's own factors where it has some. An explicit `adapt`
 * takes the place of those factors.
 */
export declare function innerRatesOf(model: Model, innerRate: number, adapt?: AdaptedLayers | undefined): number | Float64Array;
