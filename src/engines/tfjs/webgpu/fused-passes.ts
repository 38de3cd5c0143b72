// The passes as programs of our own. They write several results each and work in place, which a custom program of the
// library's backend cannot (one result, a tensor of its own), and they are recorded without its uniforms and bookkeeping
// for each dispatch. So they run on a device of their own, beside the library.
import type { ModelShape } from '../../../model/model-shape.js';
import type { ItemSlots, PackedForests } from '../packed-forests.js';
import type { DeviceForests, Evaluation, Footprint, Passes, Values, Vectors } from '../passes.js';
import type { Lease } from './buffer-pool.js';
import { planeCount } from './cell-programs.js';
import { ComputeQueue, type Span } from './compute-queue.js';
import { type ForestPlan, planForests } from './forest-plan.js';
import { type Call, type PackedShape, packShape, workgroupBytes } from './program.js';
import { type Programs, programsFor } from './programs.js';
import type { WebgpuDevice } from './webgpu-device.js';

/** Forests on the device. */
interface FusedForests extends DeviceForests {
  readonly packed: PackedForests;
  readonly plan: ForestPlan;
  readonly words: Lease;
  /** What every call over these forests says. */
  readonly call: Call;
  /** Blocks of `cells` and floats of `numbers` of an evaluation, and of its tangents. */
  readonly cellBlocks: number;
  readonly numbers: number;
  readonly tangentNumbers: number;
}

/** Vectors on the device; see vector-programs.ts for their layout. */
interface FusedVectors extends Vectors {
  readonly blocks: Lease;
  readonly vectors: number;
  readonly slots: number;
  /** The items of the slots, where all vectors are one. */
  readonly sharedItems: Lease | undefined;
}

interface FusedEvaluation extends Evaluation {
  readonly gradient: FusedVectors;
  readonly cells: Lease;
  readonly numbers: Lease;
}

interface FusedValues extends Values {
  readonly span: Span;
}

export interface FusedPasses extends Passes {
  /** Counts what it does; a benchmark's business. */
  readonly queue: ComputeQueue;
}

/** Whether `opened` has room for what a workgroup of the programs keeps beside the device's memory. */
export function fitsFusedPasses({ device: { limits } }: WebgpuDevice): boolean {
  return limits.maxComputeWorkgroupStorageSize >= workgroupBytes;
}

/**
 * The passes on `opened`, which stays open when they are closed. A gradient is six dispatches and a Hessian-vector
 * product nine, whatever the number of tasks and levels. Sums have a fixed order, so that one device gives the same
 * bits again.
 */
export function createFusedPasses(
  opened: WebgpuDevice,
  modelShape: ModelShape,
  options: { readonly profile?: boolean } = {},
): FusedPasses {
  const shape = packShape(modelShape);
  return new WebgpuPasses(new ComputeQueue(opened, options), shape, programsFor(shape));
}

class WebgpuPasses implements FusedPasses {
  readonly queue: ComputeQueue;
  readonly #shape: PackedShape;
  readonly #programs: Programs;

  constructor(queue: ComputeQueue, shape: PackedShape, programs: Programs) {
    this.queue = queue;
    this.#shape = shape;
    this.#programs = programs;
  }

  enqueue<Made extends object>(make: () => Made): Made {
    try {
      return make();
    } catch (error) {
      this.queue.pool.releaseAll();
      throw error;
    }
  }

  footprint(forests: PackedForests): Footprint {
    const { cells, numbers } = this.#sizes(forests);
    const { dense, embeddingBlocks } = this.#shape;
    const { vectors, slots } = forests.slots;
    const vector = 4 * (dense + slots * embeddingBlocks);
    return {
      vector,
      evaluation: Math.ceil((4 * cells + numbers) / vectors),
      largestBuffer: Math.max(vector, Math.ceil((4 * cells) / vectors)),
    };
  }

  uploadForests(packed: PackedForests): FusedForests {
    const plan = planForests(packed);
    const words = this.queue.pool.lease(plan.words.byteLength);
    this.queue.upload(words, plan.words);
    const { cells, numbers, ...at } = this.#sizes(packed);
    const call = {
      shape: this.#shape,
      vectors: packed.vectors,
      slots: packed.slots.slots,
      ...plan.offsets,
      ...at,
    };
    return {
      packed,
      plan,
      words,
      call,
      cellBlocks: cells,
      numbers,
      tangentNumbers: numbers + packed.rows * this.#shape.gates,
      release: () => words.release(),
    };
  }

  uploadVector(vector: Float32Array, slots: ItemSlots): FusedVectors {
    const { dense, items, embeddingBlocks } = this.#shape;
    const flat = this.queue.pool.lease(vector.byteLength);
    this.queue.upload(flat, vector);
    const sharedItems = this.queue.pool.lease(slots.items.byteLength);
    this.queue.upload(sharedItems, slots.items);
    const count = dense + items * embeddingBlocks;
    const blocks = this.queue.pool.lease(16 * count);
    this.queue.dispatch(this.#programs.pack, [flat, blocks], { shape: this.#shape }, this.#perThread(count));
    flat.release();
    return {
      blocks,
      vectors: slots.vectors,
      slots: slots.slots,
      sharedItems,
      release: () => {
        blocks.release();
        sharedItems.release();
      },
    };
  }

  evaluate(forests: FusedForests, weights: FusedVectors): FusedEvaluation {
    const { plan, words, packed } = forests;
    const programs = this.#programs.lanes[plan.lanes];
    const call = { ...forests.call, ...this.#asWeights(weights) };
    const { cells, numbers } = this.#forward(forests, weights);
    const { queue } = this;
    queue.dispatch(programs.head, [words, weights.blocks, cells, numbers], call, plan.pairBlocks);
    queue.dispatch(programs.backward, [words, weights.blocks, cells], call, plan.groups);
    const gradient = this.#newVectors(packed.vectors, packed.slots.slots);
    queue.dispatch(
      this.#programs.dense,
      [words, cells, numbers, gradient.blocks],
      call,
      this.#perThread(this.#shape.dense),
      packed.vectors,
    );
    queue.dispatch(
      this.#programs.embedding,
      [words, weights.blocks, cells, gradient.blocks],
      call,
      packed.slots.slots,
      packed.vectors,
    );
    const losses: FusedValues = {
      span: { from: numbers, offset: call.lossesAt ?? 0, length: packed.pairs },
      // Part of the evaluation.
      release: () => undefined,
    };
    return {
      gradient,
      losses,
      cells,
      numbers,
      release: () => {
        gradient.release();
        cells.release();
        numbers.release();
      },
    };
  }

  descend(weights: FusedVectors, rates: number | FusedVectors, gradient: FusedVectors): FusedVectors {
    return this.#withOwnRows(gradient, (third) =>
      typeof rates === 'number'
        ? this.#elementwise(this.#programs.descendByRate, { first: weights, third, rate: rates })
        : this.#elementwise(this.#programs.descendByRates, { first: weights, second: rates, third }),
    );
  }

  pullBack(
    forests: FusedForests,
    weights: FusedVectors,
    evaluation: FusedEvaluation,
    rates: number | FusedVectors,
    derivative: FusedVectors,
  ): FusedVectors {
    return this.#withOwnRows(derivative, (own) => {
      const direction =
        typeof rates === 'number'
          ? this.#elementwise(this.#programs.scale, { third: own, rate: rates })
          : this.#elementwise(this.#programs.product, { first: own, second: rates });
      const result = this.#subtractHessianProduct(forests, weights, evaluation, direction, own);
      direction.release();
      return result;
    });
  }

  addProduct(sum: FusedVectors | undefined, one: FusedVectors, other: FusedVectors): FusedVectors {
    if (sum === undefined) return this.#elementwise(this.#programs.product, { first: one, second: other });
    return this.#withOwnRows(sum, (third) =>
      this.#elementwise(this.#programs.addProduct, { first: one, second: other, third }),
    );
  }

  sumOverVectors(vectors: FusedVectors): FusedValues {
    const { dense, embedding, embeddingBlocks, hidden, items } = this.#shape;
    return this.#withOwnRows(vectors, (own) => {
      const rows = own.vectors * own.slots;
      const length = 3 * hidden * (embedding + hidden + 2) + items * (hidden + 1) + rows * embedding;
      const buffer = this.queue.pool.lease(4 * length);
      this.queue.dispatch(
        this.#programs.sum,
        [own.blocks, buffer],
        { shape: this.#shape, vectors: own.vectors, slots: own.slots },
        this.#perThread(dense + rows * embeddingBlocks),
      );
      return this.#values(buffer, length);
    });
  }

  ranks(forests: FusedForests, weights: FusedVectors): FusedValues {
    const { plan, words, packed } = forests;
    const call = { ...forests.call, ...this.#asWeights(weights) };
    const { cells, numbers } = this.#forward(forests, weights);
    const { rank } = this.#programs.lanes[plan.lanes];
    this.queue.dispatch(rank, [words, weights.blocks, cells, numbers], call, plan.pairBlocks);
    cells.release();
    return {
      span: { from: numbers, offset: call.lossesAt ?? 0, length: packed.pairs },
      release: () => numbers.release(),
    };
  }

  squares(weights: FusedVectors, start: FusedVectors): FusedValues {
    const width = 6 + weights.slots;
    const length = 2 * weights.vectors * width;
    const buffer = this.queue.pool.lease(4 * length);
    const items = weights.sharedItems ?? start.sharedItems ?? weights.blocks;
    this.queue.dispatch(
      this.#programs.squares,
      [items, weights.blocks, start.blocks, buffer],
      {
        shape: this.#shape,
        vectors: weights.vectors,
        slots: weights.slots,
        ...this.#asWeights(weights),
        ...this.#asOther(start),
      },
      width,
      weights.vectors,
    );
    return this.#values(buffer, length);
  }

  async read(values: readonly Values[]): Promise<readonly Float32Array[]> {
    // All values are of this class's making.
    const results = await this.queue.read(values.map((one) => (one as FusedValues).span));
    for (const one of values) one.release();
    return results;
  }

  close(): void {
    this.queue.close();
  }

  #forward(
    { plan, words, packed, ...forests }: FusedForests,
    weights: FusedVectors,
  ): { readonly cells: Lease; readonly numbers: Lease } {
    const programs = this.#programs.lanes[plan.lanes];
    const call = { ...forests.call, ...this.#asWeights(weights) };
    const cells = this.queue.pool.lease(16 * forests.cellBlocks);
    const numbers = this.queue.pool.lease(4 * forests.numbers);
    const buffers = [words, weights.blocks, cells, numbers];
    this.queue.dispatch(programs.input, buffers, call, plan.slotBlocks, this.#perThread(this.#shape.gates));
    this.queue.dispatch(programs.forward, buffers, call, plan.groups);
    return { cells, numbers };
  }

  #subtractHessianProduct(
    { plan, words, packed, ...forests }: FusedForests,
    weights: FusedVectors,
    { cells, numbers }: FusedEvaluation,
    direction: FusedVectors,
    derivative: FusedVectors,
  ): FusedVectors {
    const { queue } = this;
    const programs = this.#programs.lanes[plan.lanes];
    const call = { ...forests.call, ...this.#asWeights(weights) };
    const tangents = queue.pool.lease(16 * forests.cellBlocks);
    const tangentNumbers = queue.pool.lease(4 * forests.tangentNumbers);
    const result = this.#newVectors(derivative.vectors, derivative.slots);
    const along = direction.blocks;
    const gateGroups = this.#perThread(this.#shape.gates);
    queue.dispatch(
      programs.inputTangent,
      [words, weights.blocks, along, tangents, tangentNumbers],
      call,
      plan.slotBlocks,
      gateGroups,
    );
    queue.dispatch(
      programs.recurrentTangent,
      [words, along, cells, tangentNumbers],
      call,
      plan.rowBlocks,
      gateGroups,
    );
    queue.dispatch(programs.beforeTangent, [words, along, cells, tangents], call, plan.rowBlocks);
    queue.dispatch(
      programs.forwardTangent,
      [words, weights.blocks, cells, tangents, tangentNumbers],
      call,
      plan.groups,
    );
    queue.dispatch(
      programs.headTangent,
      [words, weights.blocks, along, cells, numbers, tangents, tangentNumbers],
      call,
      plan.pairBlocks,
    );
    queue.dispatch(programs.backwardTangent, [words, weights.blocks, cells, tangents], call, plan.groups);
    queue.dispatch(
      this.#programs.denseTangent,
      [words, cells, numbers, tangents, tangentNumbers, derivative.blocks, result.blocks],
      call,
      this.#perThread(this.#shape.dense),
      packed.vectors,
    );
    queue.dispatch(
      this.#programs.embeddingTangent,
      [words, weights.blocks, cells, along, tangents, derivative.blocks, result.blocks],
      call,
      packed.slots.slots,
      packed.vectors,
    );
    tangents.release();
    tangentNumbers.release();
    return result;
  }

  /** Where the parts of an evaluation stand, and how large its buffers are. */
  #sizes({ rows, pairs, slots }: PackedForests) {
    const { hiddenBlocks, embeddingBlocks, items, gates } = this.#shape;
    const allSlots = slots.vectors * slots.slots;
    const inputsAt = rows * planeCount * hiddenBlocks;
    const endsAt = inputsAt + allSlots * embeddingBlocks;
    const lossesAt = pairs * items;
    const inputSumsAt = lossesAt + pairs;
    const recurrentAt = inputSumsAt + allSlots * gates;
    return {
      inputsAt,
      endsAt,
      lossesAt,
      inputSumsAt,
      recurrentAt,
      cells: endsAt + pairs * hiddenBlocks,
      numbers: recurrentAt,
    };
  }

  #newVectors(vectors: number, slots: number): FusedVectors {
    const { dense, embeddingBlocks } = this.#shape;
    const blocks = this.queue.pool.lease(16 * vectors * (dense + slots * embeddingBlocks));
    return {
      blocks,
      vectors,
      slots,
      sharedItems: undefined,
      release: () => blocks.release(),
    };
  }

  /** Calls `use` with `vectors`, or with a copy for each weight vector where they are one. */
  #withOwnRows<Result>(vectors: FusedVectors, use: (own: FusedVectors) => Result): Result {
    if (vectors.sharedItems === undefined) return use(vectors);
    const own = this.#elementwise(this.#programs.copy, { first: vectors });
    const result = use(own);
    own.release();
    return result;
  }

  #elementwise(
    program: Programs['copy'],
    {
      first,
      second,
      third,
      rate = 0,
    }: {
      readonly first?: FusedVectors;
      readonly second?: FusedVectors;
      /** Not one for all vectors. */
      readonly third?: FusedVectors;
      readonly rate?: number;
    },
  ): FusedVectors {
    const operands = [first, second, third].filter((one) => one !== undefined);
    const [model] = operands;
    if (model === undefined) throw new Error(`${program.name} without an operand`);
    const { vectors, slots } = model;
    const result = this.#newVectors(vectors, slots);
    const items = first?.sharedItems ?? second?.sharedItems ?? model.blocks;
    this.queue.dispatch(
      program,
      [items, ...operands.map(({ blocks }) => blocks), result.blocks],
      {
        shape: this.#shape,
        vectors,
        slots,
        rate,
        ...(first === undefined ? {} : this.#asWeights(first)),
        ...(second === undefined ? {} : this.#asOther(second)),
      },
      this.#perThread(this.#shape.dense + slots * this.#shape.embeddingBlocks),
      vectors,
    );
    return result;
  }

  #values(from: Lease, length: number): FusedValues {
    return { span: { from, offset: 0, length }, release: () => from.release() };
  }

  #asWeights(vectors: FusedVectors) {
    const { stride, rows, shared } = this.#placeOf(vectors);
    return { weightStride: stride, weightRows: rows, weightShared: shared };
  }

  #asOther(vectors: FusedVectors) {
    const { stride, rows, shared } = this.#placeOf(vectors);
    return { otherStride: stride, otherRows: rows, otherShared: shared };
  }

  #placeOf({ vectors, sharedItems }: FusedVectors) {
    const { dense } = this.#shape;
    return sharedItems === undefined
      ? { stride: dense, rows: vectors * dense, shared: 0 }
      : { stride: 0, rows: dense, shared: 1 };
  }

  /** Workgroups for `count` threads. */
  #perThread(count: number): number {
    return Math.ceil(count / this.#programs.threads);
  }
}
