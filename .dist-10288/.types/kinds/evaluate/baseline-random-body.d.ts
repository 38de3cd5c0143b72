import type { KindContext } from '../kind.js';
import type { RandomParameters } from './baseline-random.js';
/** Writes the port `ranks`. */
export declare function run(context: KindContext<RandomParameters>): Promise<void>;
