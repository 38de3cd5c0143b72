import type { KindContext } from '../kind.js';
import type { PairsParameters } from './data-pairs.js';
/** Writes `pairs` and the catalogue `items`. */
export declare function run(context: KindContext<PairsParameters>): Promise<void>;
