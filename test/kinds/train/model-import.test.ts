import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeItemCatalogue } from '../../../src/data/item-catalogue.js';
import { modelImport } from '../../../src/kinds/train/model-import.js';
import { gru } from '../../../src/model/gru/gru.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../../src/model/gru/parameter-layout.js';
import { readModel, writeModel } from '../../../src/model/model-file.js';
import { checkpointOf } from '../../model/pytorch/small-checkpoint.js';
import { failureOf, runKind, temporaryFolder } from '../../support/run-kind.js';

const shape = { items: 4, embedding: 2, hidden: 3 };
const parameters = Float32Array.from(initialParameters(shape, 2));
const renamed: { readonly [name: string]: string } = { 'fc.weight': 'head.weight' };
const checkpoint = checkpointOf(
  parameterLayout(shape).map(({ name, shape: extents, offset, size }) => ({
    name: renamed[name] ?? name,
    shape: extents,
    values: parameters.slice(offset, offset + size),
  })),
);

/** Runs the kind on a file of these bytes, for so many items. */
function importFile(bytes: Uint8Array, items: number) {
  const root = temporaryFolder();
  mkdirSync(join(root, 'models'));
  writeFileSync(join(root, 'models/gru.pth'), bytes);
  const catalogue = join(root, 'items.json');
  writeItemCatalogue(
    catalogue,
    Array.from({ length: items }, (_, id) => `C_${id}`),
  );
  return runKind(modelImport, { root, with: { path: 'models/gru.pth' }, inputs: { items: catalogue } });
}

test('a checkpoint becomes a model, and the log says which tensor was taken as what', async () => {
  const run = await importFile(checkpoint, 4);
  expect(readModel(readFileSync(run.path('model')), 'model')).toEqual({
    layout: gru.layout(shape),
    parameters,
  });
  expect(run.logged).toEqual([
    'head.weight is taken as fc.weight',
    '4 items, embedding_size 2 and hidden_size 3',
  ]);
});

test('a safetensors file is taken as it is, the factors of its inner rates included', async () => {
  const bytes = writeModel({ layout: gru.layout(shape), parameters, innerRateFactors: parameters });
  const run = await importFile(bytes, 4);
  expect(readFileSync(run.path('model'))).toEqual(Buffer.from(bytes));
});

test('a model of other items is refused, by its file', async () => {
  expect((await failureOf(importFile(checkpoint, 6))).message).toBe(
    'models/gru.pth: embedding.weight has 4 rows, and the data have 6 items',
  );
  expect(
    (await failureOf(importFile(writeModel({ layout: gru.layout(shape), parameters }), 6))).message,
  ).toBe('models/gru.pth knows 4 items, and the data have 6');
});

test.each([Number.NaN, Number.NEGATIVE_INFINITY])(
  'weights with %s are refused by their tensor and place',
  async (value) => {
    const layout = gru.layout(shape);
    const spoilt = Float32Array.from(parameters);
    const { name, offset, shape: extents, size } = layout.tensors[1] ?? layout.tensors[0]!;
    spoilt[offset + 2] = value;
    const message = (what: string) => `models/gru.pth: ${what} ${name}: number 2 is ${value}`;
    const refusal = async (bytes: Uint8Array) => (await failureOf(importFile(bytes, 4))).message;
    expect(await refusal(writeModel({ layout, parameters: spoilt }))).toBe(message('tensor'));
    expect(await refusal(writeModel({ layout, parameters, innerRateFactors: spoilt }))).toBe(
      message('inner rates of tensor'),
    );
    const rates = new Float32Array(2 * layout.tensors.length).fill(1);
    rates[layout.tensors.length + 1] = value;
    expect(await refusal(writeModel({ layout, parameters, layerRateFactors: { steps: 2, rates } }))).toBe(
      `models/gru.pth: inner rates of tensor ${name} in step 2: one is ${value}`,
    );
    const tensors = layout.tensors.map((one) => ({
      name: one.name,
      shape: one.shape,
      values: spoilt.slice(one.offset, one.offset + one.size),
    }));
    expect(tensors[1]).toMatchObject({ shape: extents, values: { length: size } });
    expect(await refusal(checkpointOf(tensors))).toBe(message('tensor'));
  },
);

test('its model counts as trained on train, so a test role cannot come from it and it can start a training', () => {
  const { outputs } = modelImport;
  expect(outputs).toMatchObject({ model: { from: [], role: 'train' } });
});
