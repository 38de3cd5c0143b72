import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: the rows in the order of the file. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
