import type { KindContext } from '../kind.js';
/** Writes the parameters at port `value`. */
export declare function run(context: KindContext): Promise<void>;
