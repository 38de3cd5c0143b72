import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/base/failure.js';
import { gru } from '../../src/model/gru/gru.js';
import { parameterCount } from '../../src/model/gru/parameter-layout.js';
import { readModel, writeModel } from '../../src/model/model-file.js';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.js';
import { randomVector } from '../engines/arbitrary-tasks.js';

const shape = { items: 5, embedding: 2, hidden: 3 };
const model = { layout: gru.layout(shape), parameters: randomVector(parameterCount(shape), 1) };

function failureOf(action: () => unknown): { reason: string; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('safetensors', () => {
  it('gives back the bits of every tensor of both widths, NaN and infinities included', () => {
    const tensor = fc.oneof(
      fc.float32Array({ minLength: 0, maxLength: 7 }),
      fc.float64Array({ minLength: 0, maxLength: 7 }),
    );
    fc.assert(
      fc.property(fc.array(tensor, { minLength: 1, maxLength: 4 }), (arrays) => {
        const tensors = arrays.map((values, i) => ({ name: `t${i}.é`, shape: [values.length], values }));
        const read = readSafetensors(writeSafetensors(tensors, { format: 'pt' }), 'x');
        const named = (list: typeof read) => new Map(list.map((one) => [one.name, one]));
        expect(named(read)).toEqual(named(tensors));
      }),
    );
  });

  it('reads from a view that begins at an odd byte', () => {
    const bytes = writeModel(model);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(readModel(shifted.subarray(1), 'x')).toEqual(model);
  });

  it('keeps the precision of a model', () => {
    expect(readModel(writeModel(model), 'x')).toEqual(model);
    const single = { ...model, parameters: Float32Array.from(model.parameters) };
    expect(readModel(writeModel(single), 'x')).toEqual(single);
  });

  it('keeps the factors of inner rates under names of their own, after the tensors of the model', () => {
    const innerRateFactors = randomVector(model.parameters.length, 2);
    const bytes = writeModel({ ...model, innerRateFactors });
    expect(readModel(bytes, 'x')).toEqual({ ...model, innerRateFactors });
    const [plain, all] = [writeModel(model), bytes].map((file) => readSafetensors(file, 'x'));
    expect(all?.slice(0, plain?.length)).toEqual(plain);
    expect(all?.slice(plain?.length).map(({ name }) => name)).toEqual(
      plain?.map(({ name }) => `inner_rate_factors.${name}`),
    );
    const lost = (all ?? []).filter(({ name }) => name !== 'inner_rate_factors.fc.bias');
    expect(failureOf(() => readModel(writeSafetensors(lost), 'x')).message).toBe(
      'x: tensor inner_rate_factors.fc.bias should be [5] and is missing',
    );
  });

  it('keeps the factors of the rates of each step and tensor in one tensor, whose sizes must agree', () => {
    const layerRateFactors = { steps: 3, rates: randomVector(3 * model.layout.tensors.length, 2) };
    const bytes = writeModel({ ...model, layerRateFactors });
    expect(readModel(bytes, 'x')).toEqual({ ...model, layerRateFactors });
    const other = readSafetensors(bytes, 'x').map((tensor) =>
      tensor.name === 'layer_rate_factors' ? { ...tensor, shape: [model.layout.tensors.length, 3] } : tensor,
    );
    expect(failureOf(() => readModel(writeSafetensors(other), 'x')).message).toBe(
      'x holds a tensor layer_rate_factors, which this model does not have',
    );
  });

  it('refuses every file that was cut off', () => {
    const bytes = writeModel(model);
    for (let length = 0; length < bytes.length; length++) {
      expect(failureOf(() => readModel(bytes.subarray(0, length), 'm.safetensors'))).toMatchObject({
        reason: 'bad-data',
        message: expect.stringContaining('m.safetensors'),
      });
    }
  });

  it.each([
    ['a header that is not JSON', file('{'), 'not JSON'],
    ['a header that is a list', file('[]'), 'not a JSON object'],
    ['a header longer than the file', Buffer.from('ffffffffffffffff', 'hex'), 'cut off'],
    ['an integer tensor', file('{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', 8), 'neither F32'],
    ['a negative extent', file('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4), 'no shape'],
    [
      'a tensor of the wrong size',
      file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
      '4 bytes',
    ],
    ['a hole', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), 'does not begin'],
    ['bytes left over', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8), '8 bytes'],
  ])('refuses %s', (_, bytes, message) => {
    const failure = failureOf(() => readSafetensors(bytes, 'm.safetensors'));
    expect(failure.reason).toBe('bad-data');
    expect(failure.message).toContain(message);
  });

  it('refuses a model with a tensor that is missing, misshapen or unknown', () => {
    const tensors = readSafetensors(writeModel(model), 'x');
    const without = writeSafetensors(tensors.filter(({ name }) => name !== 'fc.bias'));
    expect(failureOf(() => readModel(without, 'x')).message).toBe(
      'x: tensor fc.bias should be [5] and is missing',
    );
    const misshapen = tensors.map((one) => (one.name === 'fc.weight' ? { ...one, shape: [3, 5] } : one));
    expect(failureOf(() => readModel(writeSafetensors(misshapen), 'x')).message).toBe(
      'x: tensor fc.weight should be [5, 3] and is [3, 5]',
    );
    const extra = [...tensors, { name: 'fc2.bias', shape: [1], values: new Float64Array(1) }];
    expect(failureOf(() => readModel(writeSafetensors(extra), 'x')).message).toContain('fc2.bias');
    expect(failureOf(() => readModel(writeSafetensors([]), 'x')).message).toContain('holds no model');
  });
});

/** A file with that header and as many bytes of values. */
function file(header: string, bytes = 0): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([head, Buffer.from(header), Buffer.alloc(bytes)]);
}
