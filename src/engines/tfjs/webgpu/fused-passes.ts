// The passes as programs of our own. They write several results each and work in place, which a custom program of the
// library's backend cannot (one result, a tensor of its own), and they are recorded without its uniforms and bookkeeping
// for each dispatch. So they run on a device of their own, beside the library.
import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { ItemSlots } from '../../item-slots.js';
import type { PackedForests } from '../packed-forests.js';
import type { DeviceForests, Footprint, GradientEvaluation, Passes, Values } from '../passes.js';
import type { Lease } from './buffer-pool.js';
import { planeCount } from './cell-programs.js';
import { ComputeQueue } from './compute-queue.js';
import { type ForestPlan, type Lanes, planForests } from './forest-plan.js';
import { type FusedValues, type FusedVectors, VectorOperations } from './fused-vectors.js';
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

interface FusedEvaluation extends GradientEvaluation {
  readonly gradient: FusedVectors;
  readonly cells: Lease;
  readonly numbers: Lease;
}

export interface FusedOptions {
  /** Whether to take each program's time, where the device has timestamps; it costs some. */
  readonly profile?: boolean;
  /** Rows that a workgroup takes at once; by default few or many as there are few trees or many. Never changes a bit. */
  readonly lanes?: Lanes;
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
  modelShape: GruShape,
  options: FusedOptions = {},
): FusedPasses {
  const shape = packShape(modelShape);
  return new WebgpuPasses(new ComputeQueue(opened, options), shape, options.lanes);
}

class WebgpuPasses implements FusedPasses {
  readonly queue: ComputeQueue;
  readonly #shape: PackedShape;
  readonly #lanes: Lanes | undefined;
  readonly #programs: Programs;
  readonly #vectors: VectorOperations;

  constructor(queue: ComputeQueue, shape: PackedShape, lanes: Lanes | undefined) {
    this.queue = queue;
    this.#shape = shape;
    this.#lanes = lanes;
    this.#programs = programsFor(shape);
    this.#vectors = new VectorOperations(queue, shape, this.#programs);
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
      evaluation: Math.ceil((4 * cells + numbers + forests.rows * this.#shape.gates) / vectors),
      largestBuffer: Math.max(vector, Math.ceil((4 * cells) / vectors), Math.ceil(numbers / vectors)),
    };
  }

  uploadForests(packed: PackedForests): FusedForests {
    const plan = planForests(packed, this.#lanes);
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
    return this.#vectors.upload(vector, slots);
  }

  evaluate(forests: FusedForests, weights: FusedVectors): FusedEvaluation {
    const { plan, words, packed } = forests;
    const programs = this.#programs.lanes[plan.lanes];
    const call = { ...forests.call, ...this.#vectors.asWeights(weights) };
    const { cells, numbers } = this.#forward(forests, weights);
    const { queue } = this;
    queue.dispatch(programs.head, [words, weights.blocks, cells, numbers], call, plan.pairBlocks);
    queue.dispatch(programs.backward, [words, weights.blocks, cells], call, plan.groups);
    const gradient = this.#vectors.create(packed.vectors, packed.slots.slots);
    queue.dispatch(
      this.#programs.dense,
      [words, cells, numbers, gradient.blocks],
      call,
      this.#vectors.groupsFor(this.#shape.dense),
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
    return this.#vectors.descend(weights, rates, gradient);
  }

  vjp(
    forests: FusedForests,
    weights: FusedVectors,
    evaluation: FusedEvaluation,
    rates: number | FusedVectors,
    derivative: FusedVectors,
  ): FusedVectors {
    const direction = this.#vectors.scale(rates, derivative);
    const result = this.#subtractHessianProduct(forests, weights, evaluation, direction, derivative);
    direction.release();
    return result;
  }

  addProduct(sum: FusedVectors | undefined, one: FusedVectors, other: FusedVectors): FusedVectors {
    return this.#vectors.addProduct(sum, one, other);
  }

  sumOverVectors(vectors: FusedVectors): FusedValues {
    return this.#vectors.sum(vectors);
  }

  squares(weights: FusedVectors, start: FusedVectors): FusedValues {
    return this.#vectors.squares(weights, start);
  }

  ranks(forests: FusedForests, weights: FusedVectors): FusedValues {
    const { plan, words, packed } = forests;
    const call = { ...forests.call, ...this.#vectors.asWeights(weights) };
    const { cells, numbers } = this.#forward(forests, weights);
    const { rank } = this.#programs.lanes[plan.lanes];
    this.queue.dispatch(rank, [words, weights.blocks, cells, numbers], call, plan.pairBlocks);
    cells.release();
    return {
      span: { from: numbers, offset: call.lossesAt ?? 0, length: packed.pairs },
      release: () => numbers.release(),
    };
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
    const call = { ...forests.call, ...this.#vectors.asWeights(weights) };
    const cells = this.queue.pool.lease(16 * forests.cellBlocks);
    const numbers = this.queue.pool.lease(4 * forests.numbers);
    const buffers = [words, weights.blocks, cells, numbers];
    this.queue.dispatch(
      programs.input,
      buffers,
      call,
      plan.slotBlocks,
      this.#vectors.groupsFor(this.#shape.gates),
    );
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
    const call = { ...forests.call, ...this.#vectors.asWeights(weights) };
    const tangents = queue.pool.lease(16 * forests.cellBlocks);
    const tangentNumbers = queue.pool.lease(4 * forests.tangentNumbers);
    const result = this.#vectors.create(derivative.vectors, derivative.slots);
    const along = direction.blocks;
    const gateGroups = this.#vectors.groupsFor(this.#shape.gates);
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
      this.#vectors.groupsFor(this.#shape.dense),
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
}
