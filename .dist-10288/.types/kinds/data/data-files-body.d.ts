import type { KindContext } from '../kind.js';
/** Checks all seven files, tells all that is wrong at once, and writes them in kshot's own column types and order. */
export declare function run(context: KindContext): Promise<void>;
