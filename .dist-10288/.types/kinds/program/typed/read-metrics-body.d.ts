import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: a row a metric and setting; a value that is no number stays, and is said. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
