import type { KindContext } from '../kind.js';
/** Writes the JSON `fingerprint`. */
export declare function run(context: KindContext): Promise<void>;
