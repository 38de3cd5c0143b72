import type { KindContext } from '../kind.js';
import type { SessionKnnParameters } from './baseline-session-knn.js';
/** Writes the port `ranks`. */
export declare function run(context: KindContext<SessionKnnParameters>): Promise<void>;
