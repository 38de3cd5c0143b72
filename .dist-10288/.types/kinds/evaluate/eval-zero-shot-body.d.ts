import type { KindContext } from '../kind.js';
import type { ZeroShotParameters } from './eval-zero-shot.js';
/** Writes the port `ranks`. */
export declare function run(context: KindContext<ZeroShotParameters>): Promise<void>;
