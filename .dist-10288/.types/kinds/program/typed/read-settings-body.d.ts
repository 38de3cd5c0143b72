import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: the values, names sorted, so that the same choice has the same bytes. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
