import type { Label } from '../../kinds/kind.js';
import { labelOf } from '../spec/reference.js';

/** How a label is written in node ids and file names: `inner_lr=0.1@200`. */
export function labelText(label: Label): string {
  return label.map(({ text, values }) => text ?? labelOf(values)).join('@');
}
