import * as tf from '@tensorflow/tfjs-core';

/**
 * What `compute` returns: the tensors in it, at any depth of plain objects and arrays, stay; every other one that it
 * made is released, all of them where it throws. Arrays of numbers do not belong in it: they are walked, too.
 */
export function tidied<Value extends object>(compute: () => Value): Value {
  // The library's type of such a value wants an index signature, which interfaces do not have.
  return tf.tidy(compute as unknown as () => tf.TensorContainer) as unknown as Value;
}

/** Releases every tensor in `value`, at any depth. */
export function disposeOf(value: object): void {
  tf.dispose(value as unknown as tf.TensorContainer);
}
