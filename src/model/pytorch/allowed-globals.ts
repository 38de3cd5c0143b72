import { malformed } from './malformed.js';
import {
  type ElementType,
  PickleDict,
  PickleGlobal,
  PickleObject,
  PickleStorage,
  PickleTensor,
  PickleTuple,
  type PickleValue,
} from './pickle-values.js';

const elementTypes: { readonly [storageClass: string]: ElementType } = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'other',
  IntStorage: 'other',
  ShortStorage: 'other',
  CharStorage: 'other',
  ByteStorage: 'other',
  BoolStorage: 'other',
};

/** Of these nothing is looked at: what stands beside the weights in a checkpoint, a history or a configuration. */
const ignored = new Set([
  '_codecs.encode',
  'argparse.Namespace',
  'collections.Counter',
  'collections.defaultdict',
  'datetime.date',
  'datetime.datetime',
  'datetime.timedelta',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.PurePosixPath',
  'pathlib.WindowsPath',
  'pathlib._local.PosixPath',
  'torch.Size',
  'torch.device',
  'types.SimpleNamespace',
  ...['complex', 'bytearray', 'float', 'int', 'list', 'dict', 'range', 'set', 'frozenset', 'slice'].flatMap(
    (name) => [`builtins.${name}`, `__builtin__.${name}`],
  ),
  ...['numpy.core', 'numpy._core'].flatMap((module) => [
    `${module}.multiarray.scalar`,
    `${module}.multiarray._reconstruct`,
    `${module}.numeric._frombuffer`,
  ]),
  ...['dtype', 'ndarray', 'bool_', 'float16', 'float32', 'float64', 'int32', 'int64'].map(
    (name) => `numpy.${name}`,
  ),
  ...['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'float32', 'float64', 'bfloat16'].map(
    (name) => `torch.${name}`,
  ),
]);

const rebuilders: { readonly [name: string]: (values: readonly PickleValue[]) => PickleValue | undefined } = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor': tensor,
  'torch._utils._rebuild_tensor_v2': tensor,
  'torch._utils._rebuild_parameter': ([data]) => (data instanceof PickleTensor ? data : undefined),
  'torch._utils._rebuild_parameter_with_state': ([data]) => (data instanceof PickleTensor ? data : undefined),
};

/**
 * The name of a class or function that a checkpoint of weights may name.
 *
 * @throws FailureError `bad-data` for every other: PyTorch would import it, and run it
 */
export function allowedGlobal(module: string, name: string, source: string): PickleGlobal {
  const whole = `${module}.${name}`;
  const isKnown =
    Object.hasOwn(rebuilders, whole) ||
    ignored.has(whole) ||
    (module === 'torch' && Object.hasOwn(elementTypes, name));
  if (isKnown) return new PickleGlobal(whole);
  throw malformed(
    source,
    `it names ${JSON.stringify(whole.slice(0, 100))}, which is no part of a checkpoint of weights`,
  );
}

/** What a call of the global would give, made without calling anything. */
export function rebuilt(callee: PickleValue, values: PickleValue, source: string): PickleValue {
  const name = callee instanceof PickleGlobal ? callee.name : undefined;
  if (name !== undefined && values instanceof PickleTuple) {
    if (ignored.has(name)) return new PickleObject(name);
    const made = Object.hasOwn(rebuilders, name) ? rebuilders[name]?.(values.items) : undefined;
    if (made !== undefined) return made;
  }
  throw malformed(source, `${name ?? 'something'} is called in a way that PyTorch does not`);
}

/** The storage of a persistent id: `('storage', torch.FloatStorage, key, device, elements)`. */
export function storageOf(id: PickleValue, source: string): PickleStorage {
  const [kind, storageClass, key, , size] = id instanceof PickleTuple ? id.items : [];
  const type =
    storageClass instanceof PickleGlobal
      ? elementTypes[storageClass.name.replace(/^torch\./, '')]
      : undefined;
  if (kind !== 'storage' || type === undefined || typeof key !== 'string' || !isSize(size)) {
    throw malformed(source, 'a storage is named in a way that PyTorch does not');
  }
  return new PickleStorage(type, key, size);
}

function orderedDict([entries]: readonly PickleValue[]): PickleValue | undefined {
  // Entries come afterwards, one by one; those of Python 2 as an argument are long gone.
  return entries === undefined ? new PickleDict() : undefined;
}

function tensor([storage, offset, shape, strides]: readonly PickleValue[]): PickleValue | undefined {
  if (!(storage instanceof PickleStorage) || !isSize(offset)) return undefined;
  const [sizes, steps] = [sizesOf(shape), sizesOf(strides)];
  if (sizes === undefined || steps === undefined || sizes.length !== steps.length) return undefined;
  return new PickleTensor(storage, offset, sizes, steps);
}

function sizesOf(value: PickleValue | undefined): readonly number[] | undefined {
  return value instanceof PickleTuple && value.items.every(isSize) ? value.items : undefined;
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
