import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../../src/engines/engine.js';
import { createTorchEngine } from '../../../src/engines/torch/torch-engine.js';
import type { ModuleShape } from '../../../src/model/model-family.js';

const file = fileURLToPath(new URL('./models.py', import.meta.url));
export const items = 6;

/** A class of models.py. */
export const shapeOf = (className: string, rest: Partial<ModuleShape> = {}): ModuleShape => ({
  items,
  folder: dirname(file),
  file: 'models.py',
  className,
  options: {},
  head: [],
  seed: 1,
  secondOrder: true,
  ...rest,
});

/** The engine of a module, with its layout and initial parameters. */
export async function open(
  className: string,
  rest: Partial<ModuleShape> = {},
  precision: Engine['precision'] = 'float64',
) {
  const engine = await createTorchEngine(
    { shape: shapeOf(className, rest), threads: 1, allowSoftware: true },
    precision,
  );
  const { layout, initialParameters } = engine.module ?? {};
  if (layout === undefined || initialParameters === undefined)
    throw new Error('it tells nothing of the module');
  return { engine, layout, parameters: Float64Array.from(initialParameters) };
}

const lines = readFileSync(file, 'utf8').split('\n');

/** The line of models.py on which the forward of a class, or what it has in its place, begins. */
export function lineOf(className: string, text = 'def forward'): number {
  const start = lines.findIndex((line) => line.startsWith(`class ${className}(`));
  const end = lines.findIndex((line, index) => index > start && /^(class|def) /.test(line));
  const at = lines.slice(start, end).findIndex((line) => line.includes(text));
  // What has none has its base class's.
  return at < 0 ? lineOf('Averaged', text) : 1 + start + at;
}
