import type { KindContext } from '../kind.js';
import type { SupervisedSegment } from './supervised-train.js';
/** Trains for one epoch; writes the ports `checkpoint`, `state` and `history`. */
export declare function run(context: KindContext<SupervisedSegment>): Promise<void>;
