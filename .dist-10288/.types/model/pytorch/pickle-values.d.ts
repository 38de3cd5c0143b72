/**
 * What a pickle holds, as plain data: nothing in here can be run. Lists, tuples and dictionaries may hold themselves.
 */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleList | PickleTuple | PickleDict | PickleGlobal | PickleStorage | PickleTensor | PickleObject;
export declare class PickleList {
    readonly items: PickleValue[];
}
export declare class PickleTuple {
    readonly items: readonly PickleValue[];
    constructor(items: readonly PickleValue[]);
}
/** A dict or OrderedDict. */
export declare class PickleDict {
    readonly entries: Map<PickleValue, PickleValue>;
}
/** The name of a class or function, `torch._utils._rebuild_tensor_v2`; it stands for nothing that could be called. */
export declare class PickleGlobal {
    readonly name: string;
    constructor(name: string);
}
export type ElementType = 'float64' | 'float32' | 'float16' | 'bfloat16' | 'other';
/** Where the numbers of tensors are: a record of the archive. */
export declare class PickleStorage {
    readonly type: ElementType;
    readonly key: string;
    /** In elements. */
    readonly size: number;
    constructor(type: ElementType, key: string, 
    /** In elements. */
    size: number);
}
/** A view into a storage; offsets and strides in elements. Not yet held against the storage. */
export declare class PickleTensor {
    readonly storage: PickleStorage;
    readonly offset: number;
    readonly shape: readonly number[];
    readonly strides: readonly number[];
    constructor(storage: PickleStorage, offset: number, shape: readonly number[], strides: readonly number[]);
}
/** An object of a class that is known to be harmless, such as a NumPy scalar, of which nothing is looked at. */
export declare class PickleObject {
    readonly className: string;
    constructor(className: string);
}
