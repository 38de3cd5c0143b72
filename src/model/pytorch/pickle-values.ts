/**
 * What a pickle holds, as plain data: nothing in here can be run. Lists, tuples and dictionaries may hold themselves.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor
  | PickleObject;

export class PickleList {
  readonly items: PickleValue[] = [];
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A dict or OrderedDict. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
}

/** The name of a class or function, `torch._utils._rebuild_tensor_v2`; it stands for nothing that could be called. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

export type ElementType = 'float64' | 'float32' | 'float16' | 'bfloat16' | 'other';

/** Where the numbers of tensors are: a record of the archive. */
export class PickleStorage {
  constructor(
    readonly type: ElementType,
    readonly key: string,
    /** In elements. */
    readonly size: number,
  ) {}
}

/** A view into a storage; offsets and strides in elements. Not yet held against the storage. */
export class PickleTensor {
  constructor(
    readonly storage: PickleStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** An object of a class that is known to be harmless, such as a NumPy scalar, of which nothing is looked at. */
export class PickleObject {
  constructor(readonly className: string) {}
}
