import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import { parameterCount } from '../../../model/gru/parameter-layout.js';
import type { ItemSlots } from '../../item-slots.js';
import type { PackedForests } from '../packed-forests.js';
import type { DeviceResource, Footprint, GradientEvaluation, Passes } from '../passes.js';
import { disposeOf, tidied } from '../tensor-scope.js';
import {
  type BackwardTensors,
  evaluateBackward,
  evaluateForward,
  type ForwardTensors,
  softmaxLoss,
} from './evaluate.js';
import { hessianVectorProduct } from './hessian-vector-product.js';
import { padForests } from './padded-forests.js';
import { type PlacedForests, placeForests } from './placed-forests.js';
import { denseNames, type FlatTensors, mapVectors, uploadFlat, type VectorTensors } from './vectors.js';

interface PlainVectors extends DeviceResource {
  readonly vectors: number;
  readonly tensors: VectorTensors;
}

interface PlainValues extends DeviceResource {
  readonly tensor: tf.Tensor1D;
}

type PlainRates = number | PlainVectors;

interface PlainEvaluation extends GradientEvaluation {
  readonly gradient: PlainVectors;
  readonly losses: PlainValues;
  readonly forward: ForwardTensors;
  readonly backward: BackwardTensors;
}

/** A vector that was uploaded, and its values. */
interface Upload {
  readonly values: Float32Array;
  readonly tensors: FlatTensors;
}

/** Uploads that are kept from one call to the next: parameters and rates. A call itself may use more. */
const keptUploads = 2;

/** Numbers on the device that are kept from one call to the next; few calls use others than those before. */
const keptScalars = 64;

/**
 * The passes in TensorFlow.js' own operations, so on any of its backends: the portable form. Narrow levels make for
 * many small operations.
 */
export class PlainPasses implements Passes {
  readonly #shape: GruShape;
  /** The backend that was set when this was made. */
  readonly #backend = tf.getBackend();
  #uploads: readonly Upload[] = [];
  readonly #scalars = new Map<number, tf.Scalar>();

  constructor(shape: GruShape) {
    this.#shape = shape;
  }

  enqueue<Made extends object>(make: () => Made): Made {
    // Which backend new tensors go to is the library's global state; one that is set up is switched to at once.
    if (tf.getBackend() !== this.#backend) void tf.setBackend(this.#backend);
    this.#makeRoom();
    return tidied(make);
  }

  footprint(forests: PackedForests): Footprint {
    const { embedding, hidden, items } = this.#shape;
    const { slots } = forests.slots;
    const { levels, rows, pairs } = padForests(forests);
    const widest = levels.reduce((most, { width }) => Math.max(most, width), 0);
    const vector = slots * embedding + parameterCount(this.#shape) - items * embedding;
    return {
      vector,
      // Of a row 17 h are kept, and as many made on the way; 20 h of a level pass before the next begins.
      evaluation:
        rows * (3 * embedding + 34 * hidden) + widest * 20 * hidden + pairs * (6 * items + 4 * hidden),
      largestBuffer: Math.max(items * hidden, 3 * hidden * hidden, rows * 3 * hidden, pairs * items),
    };
  }

  uploadForests(forests: PackedForests): PlacedForests {
    return placeForests(this.#shape, padForests(forests));
  }

  uploadVector(vector: Float32Array, { vectors, slots, items }: ItemSlots): PlainVectors {
    const { embedding, dense } = this.#upload(vector);
    const rows = tidied(() => ({
      own: tf.reshape<tf.Rank.R3>(tf.gather(embedding, tf.tensor1d(items, 'int32')), [
        vectors,
        slots,
        this.#shape.embedding,
      ]),
    }));
    return { vectors, tensors: { embedding: rows.own, ...dense }, release: () => disposeOf(rows) };
  }

  evaluate(forests: PlacedForests, weights: PlainVectors): PlainEvaluation {
    const results = tidied(() => {
      const { forward, scores } = evaluateForward(forests, weights.tensors, this.#shape);
      const { losses, probabilities } = softmaxLoss(forests, scores);
      const one = this.#scalar(1);
      const { backward, gradient } = evaluateBackward(
        forests,
        weights.tensors,
        forward,
        probabilities,
        one,
        this.#shape,
      );
      return { forward, backward, gradient, losses };
    });
    return {
      forward: results.forward,
      backward: results.backward,
      gradient: vectorsOf(forests.vectors, results.gradient),
      losses: valuesOf(results.losses),
      release: () => disposeOf(results),
    };
  }

  descend(weights: PlainVectors, rates: PlainRates, gradient: PlainVectors): PlainVectors {
    return this.#subtract(weights.vectors, weights.tensors, () => this.#scaled(rates, gradient.tensors));
  }

  vjp(
    forests: PlacedForests,
    weights: PlainVectors,
    { forward, backward }: PlainEvaluation,
    rates: PlainRates,
    derivative: PlainVectors,
  ): PlainVectors {
    return this.#subtract(forests.vectors, derivative.tensors, () =>
      hessianVectorProduct(
        forests,
        weights.tensors,
        forward,
        backward,
        this.#scaled(rates, derivative.tensors),
        this.#scalar(1),
        this.#shape,
      ),
    );
  }

  addProduct(sum: PlainVectors | undefined, one: PlainVectors, other: PlainVectors): PlainVectors {
    return vectorsOf(
      one.vectors,
      tidied(() =>
        mapVectors(one.tensors, (tensor, name) => {
          const products = tf.mul<tf.Tensor3D>(tensor, other.tensors[name]);
          return sum === undefined ? products : tf.add(sum.tensors[name], products);
        }),
      ),
    );
  }

  sumOverVectors({ tensors }: PlainVectors): PlainValues {
    return this.#values(() => [
      ...denseNames.map((name) => tf.reshape<tf.Rank.R1>(tf.sum(tensors[name], 0), [-1])),
      tf.reshape<tf.Rank.R1>(tensors.embedding, [-1]),
    ]);
  }

  ranks(forests: PlacedForests, weights: PlainVectors): PlainValues {
    return this.#values(() => {
      const { scores } = evaluateForward(forests, weights.tensors, this.#shape);
      const own = tf.reshape(tf.gather(tf.reshape<tf.Rank.R1>(scores, [-1]), forests.labelScores), [
        forests.vectors,
        -1,
        1,
      ]);
      const ids = tf.range(0, this.#shape.items, 1, 'float32');
      const ahead = tf.logicalOr(
        tf.greater(scores, own),
        tf.logicalAnd(tf.equal(scores, own), tf.less(ids, forests.labels)),
      );
      const ranks = tf.add(tf.sum(tf.cast(ahead, 'float32'), 2), this.#scalar(1));
      const finite = tf.cast(tf.all(tf.isFinite(scores), 2), 'float32');
      return [tf.gather(tf.reshape<tf.Rank.R1>(tf.mul(ranks, finite), [-1]), forests.placeOfPair)];
    });
  }

  squares(weights: PlainVectors, start: PlainVectors): PlainValues {
    const { vectors } = weights;
    const ofEach = (tensors: VectorTensors) => [
      ...denseNames.map((name) => {
        const sums = tf.sum<tf.Tensor1D>(tf.square(tensors[name]), [1, 2]);
        const all = sums.shape[0] === vectors ? sums : tf.tile(sums, [vectors]);
        return tf.reshape<tf.Rank.R2>(all, [vectors, 1]);
      }),
      tf.sum<tf.Tensor2D>(tf.square(tensors.embedding), 2),
    ];
    return this.#values(() => {
      const change = mapVectors(weights.tensors, (tensor, name) => tf.sub(tensor, start.tensors[name]));
      return [weights.tensors, change].map((tensors) =>
        tf.reshape<tf.Rank.R1>(tf.concat(ofEach(tensors), 1), [-1]),
      );
    });
  }

  async read(values: readonly PlainValues[]): Promise<readonly Float32Array[]> {
    const joined = tf.tidy(() => tf.concat(values.map(({ tensor }) => tensor)));
    try {
      const numbers = (await joined.data()) as Float32Array;
      let from = 0;
      return values.map(({ tensor: { size } }) => {
        from += size;
        return numbers.subarray(from - size, from);
      });
    } finally {
      joined.dispose();
    }
  }

  close(): void {
    for (const { tensors } of this.#uploads) disposeOf(tensors);
    for (const scalar of this.#scalars.values()) scalar.dispose();
    this.#uploads = [];
    this.#scalars.clear();
  }

  #values(compute: () => readonly tf.Tensor1D[]): PlainValues {
    return valuesOf(tf.tidy(() => tf.concat([...compute()])));
  }

  #scaled(rates: PlainRates, vectors: VectorTensors): VectorTensors {
    return mapVectors(vectors, (tensor, name) =>
      tf.mul(tensor, typeof rates === 'number' ? this.#scalar(rates) : rates.tensors[name]),
    );
  }

  #subtract(vectors: number, from: VectorTensors, compute: () => VectorTensors): PlainVectors {
    return vectorsOf(
      vectors,
      tidied(() => {
        const other = compute();
        return mapVectors(from, (tensor, name) => tf.sub(tensor, other[name]));
      }),
    );
  }

  /** A number on the device, uploaded once. */
  #scalar(value: number): tf.Scalar {
    const found = this.#scalars.get(value);
    if (found !== undefined) return found;
    const scalar = tf.keep(tf.scalar(value));
    this.#scalars.set(value, scalar);
    return scalar;
  }

  /** The vector on the device: uploaded unless it is one of the last with just these values. */
  #upload(vector: Float32Array): FlatTensors {
    const same = this.#uploads.find(({ values }) => sameValues(values, vector));
    if (same !== undefined) {
      // The latest first, so that what is used again stays.
      this.#uploads = [same, ...this.#uploads.filter((one) => one !== same)];
      return same.tensors;
    }
    const tensors = tidied(() => uploadFlat(this.#shape, vector));
    tf.keep(tensors.embedding);
    for (const name of denseNames) tf.keep(tensors.dense[name]);
    this.#uploads = [{ values: vector.slice(), tensors }, ...this.#uploads];
    return tensors;
  }

  /** Releases what calls before this one left, but for a little that it may use again. */
  #makeRoom(): void {
    for (const old of this.#uploads.slice(keptUploads)) disposeOf(old.tensors);
    this.#uploads = this.#uploads.slice(0, keptUploads);
    if (this.#scalars.size <= keptScalars) return;
    for (const scalar of this.#scalars.values()) scalar.dispose();
    this.#scalars.clear();
  }
}

function vectorsOf(vectors: number, tensors: VectorTensors): PlainVectors {
  return { vectors, tensors, release: () => disposeOf(tensors) };
}

function valuesOf(tensor: tf.Tensor1D): PlainValues {
  return { tensor, release: () => tensor.dispose() };
}

/** Bit by bit, so that a NaN equals itself. */
function sameValues(one: Float32Array, other: Float32Array): boolean {
  const [left, right] = [one, other].map(
    (array) => new Uint32Array(array.buffer, array.byteOffset, array.length),
  ) as [Uint32Array, Uint32Array];
  return left.length === right.length && left.every((bits, index) => bits === right[index]);
}
