import type { KindContext } from '../kind.js';
import type { DocumentParameters } from './document.js';
/** Writes the port `document`. */
export declare function run(context: KindContext<DocumentParameters>): Promise<void>;
