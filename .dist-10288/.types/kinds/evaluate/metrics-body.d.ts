import type { KindContext } from '../kind.js';
/** Writes the port `metrics`; reports the metrics where there is one setting: several, one word would not tell apart. */
export declare function run(context: KindContext): Promise<void>;
