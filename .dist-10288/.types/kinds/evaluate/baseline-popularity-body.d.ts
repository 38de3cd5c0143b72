import type { KindContext } from '../kind.js';
import type { PopularityParameters } from './baseline-popularity.js';
/** Writes the port `ranks`. */
export declare function run(context: KindContext<PopularityParameters>): Promise<void>;
