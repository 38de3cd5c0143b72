import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, FailureError } from '../../../src/base/failure.js';
import { gru } from '../../../src/model/gru/gru.js';
import { importModel, type PaddingRow } from '../../../src/model/gru/import-model.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../../src/model/gru/parameter-layout.js';
import { readCheckpoint } from '../../../src/model/pytorch/read-checkpoint.js';
import {
  checkpointOf,
  type SmallTensor,
  sourceOf,
  stateDictPickle,
  textOf,
  zipOf,
} from './small-checkpoint.js';

const shape = { items: 5, embedding: 2, hidden: 3 };
const weights = Float32Array.from(initialParameters(shape, 1));
const tensors: readonly SmallTensor[] = parameterLayout(shape).map((tensor) => ({
  name: tensor.name,
  shape: tensor.shape,
  values: weights.slice(tensor.offset, tensor.offset + tensor.size),
}));

function read(bytes: Buffer, options: { items?: number; paddingRow?: PaddingRow } = {}) {
  const stored = readCheckpoint(sourceOf(bytes), 'gru.pth');
  return importModel(stored, { items: shape.items, paddingRow: 'none', source: 'gru.pth', ...options });
}

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('expected a failure');
}

/** The checkpoint with one tensor changed. */
function changed(name: string, change: Partial<SmallTensor>): Buffer {
  return checkpointOf(tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor)));
}

describe('a checkpoint', () => {
  it('is read to the last bit, with 64-bit sizes too', () => {
    expect(read(checkpointOf(tensors)).model).toEqual({ layout: gru.layout(shape), parameters: weights });
    const records = [
      ['archive/data.pkl', stateDictPickle(tensors)],
      ...tensors.map(
        ({ values }, index) => [`archive/data/${index}`, new Uint8Array(values.buffer)] as const,
      ),
    ] as const;
    expect(read(zipOf(records, { wide: true })).model.parameters).toEqual(weights);
  });

  it('of other names goes by shapes, and says which tensor became what', () => {
    const names: { [own: string]: string } = { 'fc.weight': 'head.w', 'fc.bias': 'head.b' };
    const { model, names: given } = read(
      checkpointOf(
        tensors.map((tensor) => ({ ...tensor, name: `module.${names[tensor.name] ?? tensor.name}` })),
      ),
    );
    expect(model.parameters).toEqual(weights);
    expect(given.get('fc.weight')).toBe('module.head.w');
  });

  it('that leaves a choice, lacks a tensor or has one too many is refused with all names and shapes', () => {
    const twice = [...tensors, { name: 'other', shape: [5, 3], values: new Float32Array(15) }];
    const failure = failureOf(() => read(checkpointOf(twice)));
    expect(failure.message).toContain(
      'more than one tensor may be the weight [items, 3] of the output layer: fc.weight, other',
    );
    expect(failure.message).toContain('embedding.weight [5, 2], gru.weight_ih_l0 [9, 2]');
    expect(failureOf(() => read(checkpointOf(tensors.slice(0, -1)))).message).toContain('it has no bias [5]');
    const more = [...tensors, { name: 'norm.weight', shape: [3], values: new Float32Array(3) }];
    expect(failureOf(() => read(checkpointOf(more))).message).toContain(
      'the built-in GRU has no norm.weight',
    );
    const lstm = changed('gru.weight_hh_l0', { shape: [12, 3], values: new Float32Array(36) });
    expect(failureOf(() => read(lstm)).message).toContain('gru.weight_hh_l0 should be [9, 3]');
  });

  it('of another number of items is refused; a row of padding is left out where it is named', () => {
    expect(failureOf(() => read(checkpointOf(tensors), { items: 7 })).message).toBe(
      'gru.pth: embedding.weight has 5 rows, and the data have 7 items',
    );
    const bytes = checkpointOf(tensors);
    expect(failureOf(() => read(bytes, { items: 4 })).message).toContain('set padding_row: first, or last');
    const rows = (from: number, to: number) => (tensor: SmallTensor) =>
      tensor.shape[0] === 5
        ? [...tensor.values].slice((from * tensor.values.length) / 5, (to * tensor.values.length) / 5)
        : [...tensor.values];
    expect([...read(bytes, { items: 4, paddingRow: 'first' }).model.parameters]).toEqual(
      tensors.flatMap(rows(1, 5)),
    );
    expect([...read(bytes, { items: 4, paddingRow: 'last' }).model.parameters]).toEqual(
      tensors.flatMap(rows(0, 4)),
    );
  });

  it.each([
    ['a shape larger than its storage', { shape: [9, 4], values: new Float32Array(18) }],
    ['rows that repeat without end', { shape: [1_000_000_000, 2], strides: [0, 1] }],
    ['an offset beyond the end', { offset: 1 }],
    ['strides beyond the end', { strides: [1000, 1] }],
  ])('with %s is refused before memory is taken for it', (_, change) => {
    expect(failureOf(() => read(changed('gru.weight_ih_l0', change))).reason).toBe('bad-data');
  });

  it('with a number that is none is refused by tensor and place', () => {
    const values = Float32Array.from({ length: 5 }, (_, index) => (index === 3 ? Number.NaN : 0));
    expect(failureOf(() => read(changed('fc.bias', { values }))).message).toBe(
      'gru.pth: tensor fc.bias: number 3 is NaN',
    );
  });

  it.each([
    ['os', 'system'],
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['torch', 'load'],
    ['torch.hub', 'load'],
    ['__main__', 'GRURecommender'],
    ['collections', 'OrderedDict.__reduce__'],
  ])('that names %s.%s is refused, wherever it stands', (module, name) => {
    const call = Buffer.concat([
      Buffer.from('\x80\x02}', 'latin1'),
      textOf('config'),
      Buffer.from(`c${module}\n${name}\n`),
      textOf('touch /tmp/kshot-was-here'),
      Buffer.from('\x85Rs.', 'latin1'),
    ]);
    expect(failureOf(() => read(checkpointOf(tensors, call)))).toMatchObject({
      reason: 'bad-data',
      message: `gru.pth: it names "${module}.${name}", which is no part of a checkpoint of weights`,
      hint: 'write it with PyTorch: torch.save(model.state_dict(), path)',
    });
  });

  it('of deep, endless or self-holding structure is refused, and takes no memory without bound', () => {
    const pickles = [
      Buffer.concat([Buffer.from('\x80\x02', 'latin1'), Buffer.alloc(3_000_000, ']'), Buffer.from('.')]),
      Buffer.concat([Buffer.from('\x80\x02', 'latin1'), Buffer.alloc(1_000_000, '('), Buffer.from('.')]),
      // A list that holds itself, and a text of 2^63 bytes.
      Buffer.from('\x80\x02]q\x00h\x00a.', 'latin1'),
      Buffer.from('\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fabc.', 'latin1'),
      Buffer.from('\x80\x02\x8b\xff\xff\xff\x7fabc.', 'latin1'),
      Buffer.from('\x80\x00.', 'latin1'),
      Buffer.from('\x80\x02', 'latin1'),
    ];
    for (const pickle of pickles) {
      expect(failureOf(() => read(checkpointOf(tensors, pickle))).reason).toBe('bad-data');
    }
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /it is empty/],
    ['a text', Buffer.from('hello, this is no checkpoint'), /no checkpoint of PyTorch/],
    ['a pickle', Buffer.from('\x80\x04\x95aaaaaaaaaaaaaaaaaaaaaaa', 'latin1'), /not what torch.save writes/],
    ['another archive', zipOf([['a.txt', Buffer.from('a')]]), /lacks a data.pkl/],
    [
      'two of one name',
      zipOf([
        ['a/data.pkl', Buffer.from('a')],
        ['a/data.pkl', Buffer.from('b')],
      ]),
      /two records/,
    ],
  ])('is not %s', (_, bytes, message) => {
    expect(failureOf(() => read(bytes)).message).toMatch(message);
  });

  it('cut anywhere is refused, and with a byte changed it is refused or gives the same numbers', () => {
    const whole = checkpointOf(tensors);
    for (let length = 0; length < whole.length; length++) {
      expect(failureOf(() => read(whole.subarray(0, length))).reason).toBe('bad-data');
    }
    for (let place = 0; place < whole.length; place++) {
      const bytes = Buffer.from(whole);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (place % 8));
      expect(failureOrSame(bytes)).toBe(true);
    }
  });

  it('of any pickle is read or refused, and nothing else happens', () => {
    const opcodes = [...'(0)]}abetusQR.cqhjXTUGKMJN2'].map((letter) => letter.charCodeAt(0));
    const byte = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(...opcodes, 0x80, 0x81, 0x85, 0x86, 0x87, 0x8a, 0x93, 0x94, 0x8c),
      },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
    );
    const piece = fc.oneof(
      { weight: 6, arbitrary: byte.map((one) => Buffer.of(one)) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(
            'ccollections\nOrderedDict\n',
            'ctorch._utils\n_rebuild_tensor_v2\n',
            'ctorch\nFloatStorage\n',
            'cnumpy\ndtype\n',
            ')R',
          )
          .map((one) => Buffer.from(one)),
      },
      { weight: 1, arbitrary: fc.constantFrom('storage', '0', 'fc.bias').map(textOf) },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const pickle = Buffer.concat([Buffer.of(0x80, 2), ...pieces, Buffer.from('.')]);
        expect(failureOrSame(checkpointOf(tensors, pickle))).toBe(true);
      }),
      { numRuns: Number(process.env['KSHOT_FUZZ_RUNS'] ?? 3000) },
    );
  });

  it('of which pieces are cut out, repeated or changed is read or refused', () => {
    const pickle = stateDictPickle(tensors);
    const place = fc.nat(pickle.length - 1);
    fc.assert(
      fc.property(place, place, fc.uint8Array({ maxLength: 6 }), (from, to, inserted) => {
        const mutated = Buffer.concat([pickle.subarray(0, from), inserted, pickle.subarray(to)]);
        failureOrSame(checkpointOf(tensors, mutated));
      }),
      { numRuns: Number(process.env['KSHOT_FUZZ_RUNS'] ?? 3000) },
    );
  });
});

/** Whether bytes are refused as bad data, or mean what they meant; any other error is thrown. */
function failureOrSame(bytes: Buffer): boolean {
  try {
    const { parameters } = read(bytes).model;
    return Buffer.from(parameters.buffer).equals(Buffer.from(weights.buffer));
  } catch (error) {
    if (error instanceof FailureError) return error.failure.reason === 'bad-data';
    throw error;
  }
}
