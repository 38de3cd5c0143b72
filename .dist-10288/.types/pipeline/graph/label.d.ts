import type { JsonObject } from '../../base/json.js';
import type { Label } from '../../kinds/kind.js';
/** How a label is written in node ids and file names: `inner_lr=0.1@200`. */
export declare function labelText(label: Label): string;
/** The values in a label by name, the innermost of equals. */
export declare function namesOfLabel(label: Label): JsonObject;
