import type { NamedTensor } from '../safetensors.js';
import { malformed } from './malformed.js';
import { type ElementType, PickleDict, PickleTensor, type PickleValue } from './pickle-values.js';
import { readPickle } from './read-pickle.js';
import { type ByteSource, readZipArchive, type ZipRecord } from './zip-archive.js';

/** Keys under which a checkpoint with more in it holds its state dict. */
const usualKeys = ['model_state_dict', 'state_dict', 'model', 'net'];
/** Structure, names and histories; numbers of tensors stand in records of their own. */
const largestPickle = 64 * 2 ** 20;

/** A tensor of a checkpoint whose numbers have not been read. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * The numbers row by row; float16 and bfloat16 as float32, which holds all of their values.
   *
   * @throws FailureError `bad-data`
   */
  read(): NamedTensor;
}

/**
 * The tensors of the state dict in a file that PyTorch 1.6 or later wrote by `torch.save`: a state dict, or a
 * dictionary that holds one as `model_state_dict` or under another usual name. No Python runs, nothing that the file
 * names is called, and nothing is read that is larger than the file.
 *
 * @param name the file as the user knows it
 * @throws FailureError `bad-data`
 */
export function readCheckpoint(source: ByteSource, name: string): readonly StoredTensor[] {
  const start = source.read(0, Math.min(source.size, 16));
  if (start.toString('latin1', 0, 4) !== 'PK\u0003\u0004') throw malformed(name, describeStart(start));
  const records = new Map<string, ZipRecord>();
  for (const record of readZipArchive(source, name)) {
    if (records.has(record.name)) throw malformed(name, `it holds two records ${record.name}`);
    records.set(record.name, record);
  }
  const pickles = [...records.keys()].filter((record) => /(^|\/)data\.pkl$/.test(record));
  const [pickle, another] = pickles;
  if (pickle === undefined || another !== undefined) {
    throw malformed(
      name,
      'it is a ZIP archive, and not one that torch.save writes: it lacks a data.pkl of its own',
    );
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (records.has(`${folder}constants.pkl`)) {
    throw malformed(name, 'it is a TorchScript archive (torch.jit.save), which holds a program');
  }
  const bytes = records.get(pickle)?.size ?? 0;
  if (bytes > largestPickle)
    throw malformed(name, `its ${pickle} has ${bytes} bytes, more than ${largestPickle}`);
  const value = readPickle(records.get(pickle)?.read() ?? Buffer.alloc(0), name);
  const isLittleEndian = readByteOrder(records.get(`${folder}byteorder`), name);
  return [...stateDictOf(value, name)].map(([tensorName, tensor]) => ({
    name: tensorName,
    shape: tensor.shape,
    read: () => {
      const record = records.get(`${folder}data/${tensor.storage.key}`);
      const place = `${name}: tensor ${tensorName}`;
      return {
        name: tensorName,
        shape: tensor.shape,
        values: readNumbers(tensor, record, isLittleEndian, place),
      };
    },
  }));
}

/** What a file that is no ZIP archive is. */
function describeStart(start: Buffer): string {
  if (start.length === 0) return 'it is empty';
  // PyTorch's magic number, pickled by protocol 2.
  if (start.toString('hex').startsWith('80028a0a6cfc9c46f920')) {
    return 'it is in the format of PyTorch before 1.6 (or _use_new_zipfile_serialization=False)';
  }
  if (start[0] === 0x80) return 'it is a pickle, and not what torch.save writes';
  return 'it is no checkpoint of PyTorch';
}

function readByteOrder(record: ZipRecord | undefined, name: string): boolean {
  if (record === undefined) return true;
  const order = record.size > 16 ? '' : record.read().toString('latin1').trim();
  if (order !== 'little' && order !== 'big')
    throw malformed(name, 'its byte order is neither little nor big');
  return order === 'little';
}

function stateDictOf(value: PickleValue, name: string): ReadonlyMap<string, PickleTensor> {
  const own = tensorsOf(value);
  if (own !== undefined) return own;
  const entries = value instanceof PickleDict ? value.entries : new Map<PickleValue, PickleValue>();
  const found = usualKeys.flatMap((key) => {
    const tensors = tensorsOf(entries.get(key) ?? null);
    return tensors === undefined ? [] : [{ key, tensors }];
  });
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only.tensors;
  if (only !== undefined) {
    throw malformed(name, `it holds more than one state dict: ${found.map(({ key }) => key).join(', ')}`);
  }
  const keys = [...entries.keys()].filter((key) => typeof key === 'string').slice(0, 20);
  throw malformed(
    name,
    `it holds no state dict, neither itself nor as ${usualKeys.join(', ')}${keys.length === 0 ? '' : `; it has ${keys.join(', ')}`}`,
  );
}

/** The tensors by name where a value is a dictionary of nothing else, and has some. */
function tensorsOf(value: PickleValue): ReadonlyMap<string, PickleTensor> | undefined {
  if (!(value instanceof PickleDict) || value.entries.size === 0) return undefined;
  const tensors = new Map<string, PickleTensor>();
  for (const [key, tensor] of value.entries) {
    if (typeof key !== 'string' || !(tensor instanceof PickleTensor)) return undefined;
    tensors.set(key, tensor);
  }
  return tensors;
}

const widths: { readonly [type in ElementType]: number } = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  other: 0,
};

function readNumbers(
  { storage, offset, shape, strides }: PickleTensor,
  record: ZipRecord | undefined,
  isLittleEndian: boolean,
  place: string,
): Float32Array | Float64Array {
  const width = widths[storage.type];
  if (width === 0) throw malformed(place, 'its numbers are not floating-point ones');
  if (record === undefined)
    throw malformed(place, `its numbers are missing: there is no record of storage ${storage.key}`);
  if (record.size !== storage.size * width) {
    throw malformed(
      place,
      `its storage has ${record.size} bytes, and ${storage.size} numbers of ${width} are announced`,
    );
  }
  const count = shape.reduce((product, extent) => product * extent, 1);
  const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * (strides[axis] ?? 0), offset);
  // A view never repeats its numbers in a checkpoint, so more of them than stored would only fill the memory.
  if (count > storage.size || (count > 0 && last >= storage.size)) {
    throw malformed(place, `it is larger than its storage of ${storage.size} numbers`);
  }
  const bytes = record.read();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numberAt = readerOf(storage.type, view, isLittleEndian);
  const values = storage.type === 'float64' ? new Float64Array(count) : new Float32Array(count);
  for (const [index, element] of elementsInOrder(count, shape, strides, offset)) {
    const value = numberAt(element * width);
    if (!Number.isFinite(value)) throw malformed(place, `number ${index} is ${value}`);
    values[index] = value;
  }
  return values;
}

/** The place of each number, row by row. */
function* elementsInOrder(
  count: number,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): Generator<readonly [index: number, element: number]> {
  const position = shape.map(() => 0);
  let element = offset;
  for (let index = 0; index < count; index++) {
    yield [index, element];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (position[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 0)) {
        position[axis] = next;
        element += stride;
        break;
      }
      position[axis] = 0;
      element -= stride * (next - 1);
    }
  }
}

function readerOf(type: ElementType, view: DataView, littleEndian: boolean): (at: number) => number {
  switch (type) {
    case 'float64':
      return (at) => view.getFloat64(at, littleEndian);
    case 'float16':
      return (at) => halfToNumber(view.getUint16(at, littleEndian));
    case 'bfloat16': {
      const single = new DataView(new ArrayBuffer(4));
      return (at) => {
        single.setUint16(0, view.getUint16(at, littleEndian));
        return single.getFloat32(0);
      };
    }
    default:
      return (at) => view.getFloat32(at, littleEndian);
  }
}

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
