import type { KindContext } from '../kind.js';
import type { FewShotParameters } from './eval-few-shot.js';
/** Writes the port `ranks`, and where asked to `drift` and `drift_summary`. */
export declare function run(context: KindContext<FewShotParameters>): Promise<void>;
