import type { KindContext } from '../kind.js';
import type { SplitParameters } from './data-split.js';
/** Writes the pairs of each split, and the catalogue as it came. */
export declare function run(context: KindContext<SplitParameters>): Promise<void>;
