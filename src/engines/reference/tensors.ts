import type { GruShape } from '../../model/gru/gru-shape.js';
import { parameterLayout } from '../../model/gru/parameter-layout.js';

/** Views of the model's tensors inside one flat vector: parameters, a gradient, or a direction. */
export interface Tensors {
  /** `[items, embedding]` */
  readonly embedding: Float64Array;
  /** `[3 * hidden, embedding]`, gates r, z, n. */
  readonly inputWeights: Float64Array;
  /** `[3 * hidden, hidden]` */
  readonly hiddenWeights: Float64Array;
  /** `[3 * hidden]` */
  readonly inputBias: Float64Array;
  /** `[3 * hidden]` */
  readonly hiddenBias: Float64Array;
  /** `[items, hidden]` */
  readonly outputWeights: Float64Array;
  /** `[items]` */
  readonly outputBias: Float64Array;
}

/** The tensors of `vector`, which is laid out by `parameterLayout(shape)`; writing to one writes to the vector. */
export function tensorsOf(shape: GruShape, vector: Float64Array): Tensors {
  const views = new Map(
    parameterLayout(shape).map((tensor) => [
      tensor.name,
      vector.subarray(tensor.offset, tensor.offset + tensor.size),
    ]),
  );
  const view = (name: string): Float64Array => {
    const found = views.get(name);
    if (found === undefined) throw new Error(`the model has no tensor ${name}`);
    return found;
  };
  return {
    embedding: view('embedding.weight'),
    inputWeights: view('gru.weight_ih_l0'),
    hiddenWeights: view('gru.weight_hh_l0'),
    inputBias: view('gru.bias_ih_l0'),
    hiddenBias: view('gru.bias_hh_l0'),
    outputWeights: view('fc.weight'),
    outputBias: view('fc.bias'),
  };
}
