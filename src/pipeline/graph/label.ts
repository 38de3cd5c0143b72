import type { Json, JsonObject } from '../../base/json.js';
import type { Label } from '../../kinds/kind.js';
import { labelOf } from '../spec/reference.js';

/** How a label is written in node ids and file names: `inner_lr=0.1@200`. */
export function labelText(label: Label): string {
  return label.map(({ text, values }) => text ?? labelOf(values)).join('@');
}

/** The values in a label by name, the innermost of equals. */
export function namesOfLabel(label: Label): JsonObject {
  const values = label.flatMap((part) => part.values.map(({ name, value }): [string, Json] => [name, value]));
  return Object.fromEntries(values);
}
