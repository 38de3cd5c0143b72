import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: the interactions as `data.import` would. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
