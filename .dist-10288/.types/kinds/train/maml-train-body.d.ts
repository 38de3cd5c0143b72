import type { KindContext } from '../kind.js';
import type { MamlSegment } from './maml-train.js';
/** Trains from iteration `start` to `end`; writes the ports `checkpoint`, `state` and `history`. */
export declare function run(context: KindContext<MamlSegment>): Promise<void>;
