/**
 * What `compute` returns: the tensors in it, at any depth of plain objects and arrays, stay; every other one that it
 * made is released, all of them where it throws. Arrays of numbers do not belong in it: they are walked, too.
 */
export declare function tidied<Value extends object>(compute: () => Value): Value;
/** Releases every tensor in `value`, at any depth. */
export declare function disposeOf(value: object): void;
