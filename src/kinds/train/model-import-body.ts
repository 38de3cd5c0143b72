import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { readItemCatalogue } from '../../data/item-catalogue.js';
import { importModel } from '../../model/gru/import-model.js';
import { type Model, readModel, writeModel } from '../../model/model-file.js';
import { readCheckpoint } from '../../model/pytorch/read-checkpoint.js';
import type { ByteSource } from '../../model/pytorch/zip-archive.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { ModelImportParameters } from './model-import.js';

/** Writes the port `model`. */
export async function run(context: KindContext<ModelImportParameters>): Promise<void> {
  const path = context.files['path'] ?? '';
  const below = relative(context.root, path);
  const name = below.startsWith('..') ? path : below;
  const items = readItemCatalogue(filePath(inputTree(context, 'items')), 'items').length;
  const descriptor = openSync(path, 'r');
  try {
    const model = modelOf(context, { path, name, items, source: sourceOf(descriptor) });
    await writeFile(context.output('model'), writeModel(model));
    context.log(model.layout.sizes);
  } finally {
    closeSync(descriptor);
  }
}

/** As of a checkpoint: what a training that diverged leaves ranks every item alike, which no metric tells from a bad model. */
function refuseNotFinite(
  { layout, parameters, innerRateFactors, layerRateFactors }: Model,
  name: string,
): void {
  for (const values of [parameters, innerRateFactors ?? []]) {
    const place = values.findIndex((value: number) => !Number.isFinite(value));
    if (place < 0) continue;
    const tensor = layout.tensors.find(({ offset, size }) => place < offset + size);
    const what = values === parameters ? 'tensor' : 'inner rates of tensor';
    throw new FailureError({
      reason: 'bad-data',
      message: `${name}: ${what} ${tensor?.name}: number ${place - (tensor?.offset ?? 0)} is ${values[place]}`,
    });
  }
  const place = layerRateFactors?.rates.findIndex((value: number) => !Number.isFinite(value)) ?? -1;
  if (place < 0) return;
  throw new FailureError({
    reason: 'bad-data',
    message: `${name}: inner rates of tensor ${layout.tensors[place % layout.tensors.length]?.name} in step ${1 + Math.floor(place / layout.tensors.length)}: one is ${layerRateFactors?.rates[place]}`,
  });
}

interface ModelFile {
  readonly path: string;
  /** As the user knows it. */
  readonly name: string;
  readonly items: number;
  readonly source: ByteSource;
}

function modelOf(
  context: KindContext<ModelImportParameters>,
  { path, name, items, source }: ModelFile,
): Model {
  if (isSafetensors(source)) {
    const model = readModel(readFileSync(path), name);
    refuseNotFinite(model, name);
    if (model.layout.shape.items === items) return model;
    throw new FailureError({
      reason: 'bad-data',
      message: `${name} knows ${model.layout.shape.items} items, and the data have ${items}`,
    });
  }
  const paddingRow = context.parameters.padding_row;
  const { model, names } = importModel(readCheckpoint(source, name), { items, paddingRow, source: name });
  for (const [own, given] of names) if (own !== given) context.log(`${given} is taken as ${own}`);
  return model;
}

/** Eight bytes of length, then a JSON object. */
function isSafetensors(source: ByteSource): boolean {
  return source.size > 9 && source.read(8, 1).toString('latin1') === '{';
}

function sourceOf(descriptor: number): ByteSource {
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = Buffer.alloc(length);
      let done = 0;
      while (done < length) {
        const count = readSync(descriptor, bytes, done, length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes;
    },
  };
}
