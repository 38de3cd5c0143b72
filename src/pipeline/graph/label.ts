import type { Json, JsonObject } from '../../base/json.js';
import type { Label } from '../../kinds/port.js';
import { labelOf } from '../spec/reference.js';

/** How a label is written in node ids and file names: `inner_lr=0.1@200`. */
export function labelText(label: Label): string {
  return label.map(({ text, values }) => text ?? labelOf(values)).join('@');
}

/** The values in a label by name, the innermost of equals. */
export function namesOfLabel(label: Label): JsonObject {
  const [part, ...more] = label;
  const [only, ...others] = part?.values ?? [];
  if (only === undefined && more.length === 0) return {};
  if (only !== undefined && others.length === 0 && more.length === 0) return { [only.name]: only.value };
  const values = label.flatMap((part) => part.values.map(({ name, value }): [string, Json] => [name, value]));
  return Object.fromEntries(values);
}
