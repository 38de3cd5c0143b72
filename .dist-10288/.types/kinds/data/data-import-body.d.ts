import type { KindContext } from '../kind.js';
import type { DataImportParameters } from './data-import.js';
/** Reads the file or files at `path` into `interactions`. */
export declare function run(context: KindContext<DataImportParameters>): Promise<void>;
