import type { KindContext } from '../kind.js';
import type { ModelImportParameters } from './model-import.js';
/** Writes the port `model`. */
export declare function run(context: KindContext<ModelImportParameters>): Promise<void>;
