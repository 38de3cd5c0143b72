import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: a row a step, a column a value. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
