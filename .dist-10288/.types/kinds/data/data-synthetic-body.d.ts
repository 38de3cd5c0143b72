import type { KindContext } from '../kind.js';
import type { SyntheticParameters } from './data-synthetic.js';
/** Writes made-up `interactions`. */
export declare function run(context: KindContext<SyntheticParameters>): Promise<void>;
