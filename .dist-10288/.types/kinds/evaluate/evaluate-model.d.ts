import { type AdaptedLayers } from '../../model/inner-rates.js';
import type { KindContext } from '../kind.js';
export interface Evaluation {
    /** Ascending, distinct. */
    readonly steps: readonly number[];
    readonly innerRate: number;
    /** How many of the last support pairs to adapt to, ascending, distinct; all where undefined. */
    readonly supportSizes?: readonly number[] | undefined;
    /** Whether to write the ports `drift` and `drift_summary`. */
    readonly drift?: boolean | undefined;
    /** What to adapt; as the model says where undefined. */
    readonly adapt?: AdaptedLayers | undefined;
    /** Items 0 are appended to shorter prefixes up to this length. */
    readonly padTo?: number | undefined;
    /** All where undefined. */
    readonly maxEpisodes: number | undefined;
    readonly maxPrefixLength: number;
}
/** Adapts the model at port `model` to the episodes at port `episodes`; writes the port `ranks`, `drift` where asked to. */
export declare function evaluateModel(context: KindContext, evaluation: Evaluation): Promise<void>;
