import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: the picture as it is, once it is known to be one and whole. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
