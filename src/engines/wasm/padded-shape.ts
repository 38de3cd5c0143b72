import type { GruShape } from '../../model/gru/gru-shape.js';
import { parameterCount, parameterLayout } from '../../model/gru/parameter-layout.js';
import type { ParameterTensor } from '../../model/model-family.js';
import type { Parameters } from '../engine.js';

const paddedTo8 = (size: number): number => Math.ceil(size / 8) * 8;

/** One tensor's place in the kernel's memory: `blocks` of `rows x columns`, each padded with zeros. */
interface PaddedTensor {
  readonly tensor: ParameterTensor;
  readonly blocks: number;
  readonly rows: number;
  readonly columns: number;
  /** Floats from one block, and from one row, to the next. */
  readonly blockStride: number;
  readonly rowStride: number;
  /** Index of the first float among the padded parameters. */
  readonly offset: number;
}

/**
 * The kernel's own arrangement of the parameters: the embedding, then the dense block (`gru.weight_ih_l0`,
 * `gru.weight_hh_l0`, both biases, `fc.bias`, `fc.weight`), every size padded to a multiple of 8 with zeros, which the
 * network leaves zero. A gate is padded on its own.
 */
export interface PaddedShape {
  readonly shape: GruShape;
  readonly width: number;
  readonly embedding: number;
  readonly hidden: number;
  /** Floats of the embedding, of the dense block, and of both. */
  readonly embeddingFloats: number;
  readonly denseFloats: number;
  readonly floats: number;
  readonly tensors: readonly PaddedTensor[];
}

const denseOrder = [
  'gru.weight_ih_l0',
  'gru.weight_hh_l0',
  'gru.bias_ih_l0',
  'gru.bias_hh_l0',
  'fc.bias',
  'fc.weight',
];

/** The tensors in the kernel's order, `embedding.weight` first. */
export const kernelOrder: readonly string[] = ['embedding.weight', ...denseOrder];

export function padShape(shape: GruShape): PaddedShape {
  const width = paddedTo8(shape.items);
  const embedding = paddedTo8(shape.embedding);
  const hidden = paddedTo8(shape.hidden);
  const byName = new Map(parameterLayout(shape).map((tensor) => [tensor.name, tensor]));
  const sizes: { readonly [name: string]: readonly [number, number, number, number, number] } = {
    // blocks, rows, columns, padded rows, padded columns
    'embedding.weight': [1, shape.items, shape.embedding, shape.items, embedding],
    'gru.weight_ih_l0': [3, shape.hidden, shape.embedding, hidden, embedding],
    'gru.weight_hh_l0': [3, shape.hidden, shape.hidden, hidden, hidden],
    'gru.bias_ih_l0': [3, 1, shape.hidden, 1, hidden],
    'gru.bias_hh_l0': [3, 1, shape.hidden, 1, hidden],
    'fc.bias': [1, 1, shape.items, 1, width],
    'fc.weight': [1, shape.items, shape.hidden, width, hidden],
  };
  let offset = 0;
  const tensors = kernelOrder.map((name): PaddedTensor => {
    const tensor = byName.get(name);
    const size = sizes[name];
    if (tensor === undefined || size === undefined) throw new Error(`the model has no tensor ${name}`);
    const [blocks, rows, columns, paddedRows, rowStride] = size;
    const blockStride = paddedRows * rowStride;
    const padded = { tensor, blocks, rows, columns, blockStride, rowStride, offset };
    offset += blocks * blockStride;
    return padded;
  });
  const embeddingFloats = shape.items * embedding;
  return {
    shape,
    width,
    embedding,
    hidden,
    embeddingFloats,
    denseFloats: offset - embeddingFloats,
    floats: offset,
    tensors,
  };
}

/** Writes parameters into the kernel's arrangement; `to` is `floats` long. */
export function pad(padded: PaddedShape, parameters: Parameters, to: Float32Array): void {
  to.fill(0);
  eachRun(padded.tensors, (flat, offset, length) => {
    to.set(parameters.subarray(flat, flat + length), offset);
  });
}

/** Reads the dense block, `from`, back into the flat vector `to`; the embedding is left as it is. */
export function unpadDense(padded: PaddedShape, from: Float32Array, to: Float32Array): void {
  eachRun(padded.tensors.slice(1), (flat, offset, length) => {
    const start = offset - padded.embeddingFloats;
    to.set(from.subarray(start, start + length), flat);
  });
}

/** A vector of rates that all are `rate`. */
export function uniformRates(shape: GruShape, rate: number): Float32Array {
  return new Float32Array(parameterCount(shape)).fill(rate);
}

/** Every longest run that is contiguous on both sides. */
function eachRun(
  tensors: readonly PaddedTensor[],
  visit: (flat: number, offset: number, length: number) => void,
): void {
  for (const { tensor, blocks, rows, columns, blockStride, rowStride, offset } of tensors) {
    if (columns === rowStride && (blocks === 1 || rows * columns === blockStride)) {
      visit(tensor.offset, offset, tensor.size);
      continue;
    }
    for (let block = 0; block < blocks; block++) {
      for (let row = 0; row < rows; row++) {
        const flat = tensor.offset + (block * rows + row) * columns;
        visit(flat, offset + block * blockStride + row * rowStride, columns);
      }
    }
  }
}
