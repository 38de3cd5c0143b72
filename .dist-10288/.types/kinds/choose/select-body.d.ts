import type { KindContext } from '../kind.js';
import type { SelectParameters } from './select.js';
/** Writes the ports `settings` and `row`, and with candidates `chosen`. */
export declare function run(context: KindContext<SelectParameters>): Promise<void>;
