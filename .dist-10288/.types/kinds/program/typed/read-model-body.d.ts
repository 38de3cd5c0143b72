import type { KindContext } from '../../kind.js';
import type { TypedOutputParameters } from './typed-output.js';
/** Writes the port: the model as it is, once its tensors are known to be those of one. */
export declare function run(context: KindContext<TypedOutputParameters>): Promise<void>;
