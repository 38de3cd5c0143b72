import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: the rank of every query pair, with its user, episode and item. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
