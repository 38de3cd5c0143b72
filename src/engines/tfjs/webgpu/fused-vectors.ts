import type { ItemSlots } from '../../item-slots.js';
import type { Values, Vectors } from '../passes.js';
import type { Lease } from './buffer-pool.js';
import type { BufferSpan, ComputeQueue } from './compute-queue.js';
import type { CallField, PackedShape } from './program.js';
import type { Programs } from './programs.js';

/** Vectors on the device; see vector-programs.ts for their layout. */
export interface FusedVectors extends Vectors {
  readonly blocks: Lease;
  readonly vectors: number;
  readonly slots: number;
  /** The items of the slots, where all vectors are one. */
  readonly sharedItems: Lease | undefined;
}

export interface FusedValues extends Values {
  readonly span: BufferSpan;
}

interface Operands {
  readonly first?: FusedVectors;
  readonly second?: FusedVectors;
  /** Not one for all vectors. */
  readonly third?: FusedVectors;
  readonly rate?: number;
}

/** What is done with whole vectors, and nothing else. */
export class VectorOperations {
  readonly #queue: ComputeQueue;
  readonly #shape: PackedShape;
  readonly #programs: Programs;

  constructor(queue: ComputeQueue, shape: PackedShape, programs: Programs) {
    this.#queue = queue;
    this.#shape = shape;
    this.#programs = programs;
  }

  /** One vector for all, from one that is laid out by `parameterLayout`. */
  upload(vector: Float32Array, slots: ItemSlots): FusedVectors {
    const { dense, items, embeddingBlocks } = this.#shape;
    const flat = this.#queue.pool.lease(vector.byteLength);
    this.#queue.upload(flat, vector);
    const sharedItems = this.#queue.pool.lease(slots.items.byteLength);
    this.#queue.upload(sharedItems, slots.items);
    const count = dense + items * embeddingBlocks;
    const blocks = this.#queue.pool.lease(16 * count);
    this.#queue.dispatch(this.#programs.pack, [flat, blocks], { shape: this.#shape }, this.groupsFor(count));
    flat.release();
    return {
      blocks,
      vectors: slots.vectors,
      slots: slots.slots,
      sharedItems,
      release() {
        blocks.release();
        sharedItems.release();
      },
    };
  }

  /** Room for a vector of its own for each of `vectors`. */
  create(vectors: number, slots: number): FusedVectors {
    const { dense, embeddingBlocks } = this.#shape;
    const blocks = this.#queue.pool.lease(16 * vectors * (dense + slots * embeddingBlocks));
    return { blocks, vectors, slots, sharedItems: undefined, release: () => blocks.release() };
  }

  scale(rates: number | FusedVectors, vectors: FusedVectors): FusedVectors {
    return typeof rates === 'number'
      ? this.#elementwise(this.#programs.scale, { third: vectors, rate: rates })
      : this.#elementwise(this.#programs.product, { first: vectors, second: rates });
  }

  descend(weights: FusedVectors, rates: number | FusedVectors, gradient: FusedVectors): FusedVectors {
    return typeof rates === 'number'
      ? this.#elementwise(this.#programs.descendByRate, { first: weights, third: gradient, rate: rates })
      : this.#elementwise(this.#programs.descendByRates, { first: weights, second: rates, third: gradient });
  }

  addProduct(sum: FusedVectors | undefined, one: FusedVectors, other: FusedVectors): FusedVectors {
    return sum === undefined
      ? this.#elementwise(this.#programs.product, { first: one, second: other })
      : this.#elementwise(this.#programs.addProduct, { first: one, second: other, third: sum });
  }

  /** As `Passes.sumOverVectors`. */
  sum({ blocks, vectors, slots }: FusedVectors): FusedValues {
    const { dense, embedding, embeddingBlocks, hidden, items } = this.#shape;
    const rows = vectors * slots;
    const length = 3 * hidden * (embedding + hidden + 2) + items * (hidden + 1) + rows * embedding;
    const flat = this.#queue.pool.lease(4 * length);
    const call = { shape: this.#shape, vectors, slots };
    this.#queue.dispatch(
      this.#programs.sum,
      [blocks, flat],
      call,
      this.groupsFor(dense + rows * embeddingBlocks),
    );
    return valuesIn(flat, length);
  }

  /** As `Passes.squares`. */
  squares(weights: FusedVectors, start: FusedVectors): FusedValues {
    const { vectors, slots } = weights;
    const width = 6 + slots;
    const result = this.#queue.pool.lease(8 * vectors * width);
    this.#queue.dispatch(
      this.#programs.squares,
      [weights.sharedItems ?? start.sharedItems ?? weights.blocks, weights.blocks, start.blocks, result],
      { shape: this.#shape, vectors, slots, ...this.asWeights(weights), ...this.#asOther(start) },
      width,
      vectors,
    );
    return valuesIn(result, 2 * vectors * width);
  }

  /** What a call says of the vectors that its programs call weights. */
  asWeights(vectors: FusedVectors): { readonly [field in CallField]?: number } {
    const { stride, rows, shared } = this.#placeOf(vectors);
    return { weightStride: stride, weightRows: rows, weightShared: shared };
  }

  /** Workgroups for `count` threads. */
  groupsFor(count: number): number {
    return Math.ceil(count / this.#programs.threads);
  }

  #elementwise(program: Programs['scale'], { first, second, third, rate = 0 }: Operands): FusedVectors {
    const operands = [first, second, third].filter((one) => one !== undefined);
    const [model] = operands;
    if (model === undefined) throw new Error(`${program.name} without an operand`);
    if (third?.sharedItems !== undefined) throw new Error(`${program.name} of a vector that is one for all`);
    const { vectors, slots } = model;
    const result = this.create(vectors, slots);
    this.#queue.dispatch(
      program,
      [
        first?.sharedItems ?? second?.sharedItems ?? model.blocks,
        ...operands.map(({ blocks }) => blocks),
        result.blocks,
      ],
      {
        shape: this.#shape,
        vectors,
        slots,
        rate,
        ...(first === undefined ? {} : this.asWeights(first)),
        ...(second === undefined ? {} : this.#asOther(second)),
      },
      this.groupsFor(this.#shape.dense + slots * this.#shape.embeddingBlocks),
      vectors,
    );
    return result;
  }

  #asOther(vectors: FusedVectors): { readonly [field in CallField]?: number } {
    const { stride, rows, shared } = this.#placeOf(vectors);
    return { otherStride: stride, otherRows: rows, otherShared: shared };
  }

  #placeOf({ vectors, sharedItems }: FusedVectors) {
    const { dense } = this.#shape;
    return sharedItems === undefined
      ? { stride: dense, rows: vectors * dense, shared: 0 }
      : { stride: 0, rows: dense, shared: 1 };
  }
}

/** The first `length` numbers of a buffer, to be read. */
function valuesIn(from: Lease, length: number): FusedValues {
  return { span: { from, offset: 0, length }, release: () => from.release() };
}
