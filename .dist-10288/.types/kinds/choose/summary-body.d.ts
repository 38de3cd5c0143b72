import type { KindContext } from '../kind.js';
import type { SummaryParameters } from './summary.js';
/** Writes the port `summary`: a row a model, setting and metric. */
export declare function run(context: KindContext<SummaryParameters>): Promise<void>;
