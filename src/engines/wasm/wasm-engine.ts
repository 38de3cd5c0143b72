// The fast engine for CPUs: a kernel in AssemblyScript on as many threads as granted. What this file does is lay work
// out in the shared memory, in groups that do not depend on the number of threads, and read the results.
import { readFile } from 'node:fs/promises';
import type { PairSet, Task } from '../../data/pair-set.js';
import { parameterCount, parameterLayout } from '../../model/parameter-layout.js';
import type {
  Adapted,
  AdaptHyper,
  Drift,
  Engine,
  EngineOptions,
  LossGradient,
  MetaGradient,
  MetaHyper,
  Parameters,
} from '../engine.js';
import { KernelMemory } from './kernel-memory.js';
import { kernelOrder, type PaddedShape, pad, padShape, uniformRates, unpadDense } from './padded-shape.js';
import { type LocalForest, planPairs, planTask, stackQueries } from './planned-task.js';
import { WorkerPool } from './worker-pool.js';

/** The first page is the kernel's own data; then every thread, and the host, has a control area. */
const controlStart = 65_536;
const controlBytes = 1_024;

/** Tasks of a group, whose gradients one thread adds up; the groups' sums are added in float64. */
const tasksPerGroup = 2;
/** Tasks whose query sets are evaluated as one at theta_0. */
const tasksPerStack = 8;
/** Pairs of a batch that are evaluated as one. */
const pairsPerChunk = 32;
/** Bytes that the groups' sums may take before groups are made larger. */
const sumsLimit = 512e6;
/** Floats that one thread adds up at a time. */
const sliceFloats = 16_384;

/** Kinds of plan; as in `kernel/layout.as`. */
const planKinds = { chain: 0, batch: 1, adapt: 2 };

/** The host's instance of the kernel. */
interface Kernel {
  start(control: number): void;
  configure(...shape: readonly number[]): void;
  arenaBytes(plan: number): number;
}

/** A piece of work laid out in memory, and where its results will be. */
interface Laid {
  readonly plan: number;
  readonly itemIds: Int32Array;
  readonly gradientRows: number;
  readonly rateGradientRows: number;
  readonly losses: number;
  readonly pairs: number;
  readonly ranks: number;
  readonly drift: number;
  /** About how long it takes, in no unit. */
  readonly work: number;
}

interface Group {
  readonly sums: number;
  readonly laid: readonly Laid[];
}

interface PlanFields {
  readonly kind: number;
  readonly itemIds: Int32Array;
  readonly support: LocalForest;
  readonly supportWeight: number | Float32Array;
  readonly query?: LocalForest;
  readonly steps?: number;
  readonly rate?: number;
  readonly rates?: number;
  readonly secondOrder?: boolean;
  readonly scale: number;
  readonly parameters: number;
  readonly sums?: number;
  readonly rateSums?: number;
  readonly rankSteps?: readonly number[];
}

/** Loads the kernel and starts `options.threads` threads. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const module = await WebAssembly.compile(await readFile(new URL('./kernel.wasm', import.meta.url)));
  return new WasmEngine(options, module);
}

class WasmEngine implements Engine {
  readonly name = 'wasm';
  readonly precision = 'float32';
  readonly #shape: PaddedShape;
  readonly #memory: KernelMemory;
  readonly #kernel: Kernel;
  readonly #pool: WorkerPool;
  readonly #threads: number;
  /** Calls share the memory, so one waits for the other. */
  #previous: Promise<unknown> = Promise.resolve();

  constructor({ shape, threads }: EngineOptions, module: WebAssembly.Module) {
    this.#threads = Math.max(1, Math.floor(threads));
    this.#shape = padShape(shape);
    const sizes = [shape.items, this.#shape.width, this.#shape.embedding, this.#shape.hidden];
    const controls = Array.from({ length: this.#threads + 1 }, (_, i) => controlStart + i * controlBytes);
    this.#memory = new KernelMemory(controlStart + controls.length * controlBytes);
    const { memory } = this.#memory;
    const imports = {
      env: {
        memory,
        abort: () => {
          throw new Error('the kernel gave up');
        },
      },
    };
    // The kernel's exports are what `kernel.as` exports.
    this.#kernel = new WebAssembly.Instance(module, imports).exports as unknown as Kernel;
    this.#kernel.start(controls.pop() ?? controlStart);
    this.#kernel.configure(...sizes);
    this.#pool = new WorkerPool({ module, memory, shape: sizes }, controls);
  }

  async metaGradient(
    parameters: Parameters,
    tasks: readonly Task[],
    hyper: MetaHyper,
  ): Promise<MetaGradient> {
    return await this.#oneAtATime(() => this.#metaGradient(parameters, tasks, hyper));
  }

  async adaptAndRank(parameters: Parameters, tasks: readonly Task[], hyper: AdaptHyper): Promise<Adapted> {
    return await this.#oneAtATime(() => this.#adaptAndRank(parameters, tasks, hyper));
  }

  async lossGradient(parameters: Parameters, pairs: PairSet): Promise<LossGradient> {
    return await this.#oneAtATime(() => this.#lossGradient(parameters, pairs));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #oneAtATime<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#previous.then(call, call);
    this.#previous = result.catch(() => undefined);
    return await result;
  }

  async #metaGradient(
    parameters: Parameters,
    tasks: readonly Task[],
    hyper: MetaHyper,
  ): Promise<MetaGradient> {
    const { lambdaResidual: lambda } = hyper;
    this.#memory.clear();
    const theta = this.#putParameters(parameters);
    const learnRates = hyper.learnRates === true;
    const rates = this.#putRates(hyper.innerRates, learnRates);
    const local = tasks.map(planTask);
    const stacks = lambda === 0 ? [] : chunks(local, tasksPerStack);
    const size = this.#groupSize(tasks.length, stacks.length, learnRates);
    const taskGroups = chunks(local, size);
    const sums = this.#takeSums(taskGroups.length + stacks.length);
    const rateSums = learnRates ? this.#takeSums(taskGroups.length) : { first: 0, stride: 0, count: 0 };

    const groups: Group[] = taskGroups.map((group, index) => {
      const own = sums.first + index * sums.stride;
      const ownRates = learnRates ? rateSums.first + index * rateSums.stride : 0;
      const laid = group.map(({ itemIds, support, query }) =>
        this.#putPlan({
          kind: planKinds.chain,
          itemIds,
          support,
          supportWeight: 1 / support.labels.length,
          query,
          steps: hyper.innerSteps,
          ...rates,
          secondOrder: hyper.secondOrder,
          scale: (1 - lambda) / tasks.length,
          parameters: theta,
          sums: own,
          rateSums: ownRates,
        }),
      );
      return { sums: own, laid };
    });
    for (const [index, stack] of stacks.entries()) {
      const { itemIds, pairs } = stackQueries(stack);
      const own = sums.first + (taskGroups.length + index) * sums.stride;
      const weights = stack.flatMap(({ query: { labels } }) =>
        Array.from(labels, () => lambda / (tasks.length * labels.length)),
      );
      const laid = this.#putPlan({
        kind: planKinds.batch,
        itemIds,
        support: pairs,
        supportWeight: Float32Array.from(weights),
        scale: 1,
        parameters: theta,
        sums: own,
      });
      groups.push({ sums: own, laid: [laid] });
    }

    if (learnRates) this.#memory.floats(rateSums.first, (rateSums.count * rateSums.stride) / 4).fill(0);
    await this.#workOff(groups);
    const total = await this.#addUp(sums);
    const rateTotal = learnRates ? await this.#addUp(rateSums) : 0;

    const laid = groups.flatMap((group) => group.laid);
    const chains = laid.slice(0, tasks.length);
    const lossPerTask = Float64Array.from(chains, ({ losses, pairs }) =>
      mean(this.#memory.doubles(losses, pairs)),
    );
    if (lambda !== 0) {
      let task = 0;
      for (const [index, stack] of stacks.entries()) {
        // There is one laid plan for each stack.
        let from = laid[tasks.length + index]!.losses;
        for (const { query } of stack) {
          const count = query.labels.length;
          const before = mean(this.#memory.doubles(from, count));
          lossPerTask[task] = (1 - lambda) * (lossPerTask[task] ?? Number.NaN) + lambda * before;
          from += count * 8;
          task++;
        }
      }
    }
    return {
      loss: mean(lossPerTask),
      gradient: this.#readGradient(total, laid, ({ gradientRows }) => gradientRows),
      ...(learnRates
        ? { rateGradient: this.#readGradient(rateTotal, chains, ({ rateGradientRows }) => rateGradientRows) }
        : {}),
      lossPerTask,
    };
  }

  async #adaptAndRank(parameters: Parameters, tasks: readonly Task[], hyper: AdaptHyper): Promise<Adapted> {
    this.#memory.clear();
    const theta = this.#putParameters(parameters);
    const rates = this.#putRates(hyper.innerRates, false);
    const laid = tasks.map(planTask).map(({ itemIds, support, query }) =>
      this.#putPlan({
        kind: planKinds.adapt,
        itemIds,
        support,
        supportWeight: 1 / support.labels.length,
        query,
        steps: hyper.steps.at(-1) ?? 0,
        ...rates,
        scale: 1,
        parameters: theta,
        rankSteps: hyper.steps,
      }),
    );
    await this.#workOff(laid.map((one) => ({ sums: 0, laid: [one] })));
    const { shape } = this.#shape;
    const layout = parameterLayout(shape);
    const embedding = parameters.subarray(0, shape.items * shape.embedding);
    let squareOfEmbedding = 0;
    for (const value of embedding) squareOfEmbedding += value * value;
    return {
      ranks: hyper.steps.map((_, step) =>
        laid.map(({ ranks, pairs }) => this.#memory.words(ranks + step * pairs * 4, pairs).slice()),
      ),
      drift: hyper.steps.map((_, step) =>
        laid.map(({ drift }) => {
          const squares = this.#memory.doubles(
            drift + step * kernelOrder.length * 24,
            kernelOrder.length * 3,
          );
          return layout.map(({ name }): Drift => {
            const at = kernelOrder.indexOf(name) * 3;
            const [before = Number.NaN, after = Number.NaN, change = Number.NaN] = squares.subarray(
              at,
              at + 3,
            );
            // Of the embedding, the kernel saw the rows that may move.
            const rest = at === 0 ? squareOfEmbedding - before : 0;
            return {
              tensor: name,
              normBefore: Math.sqrt(before + rest),
              normAfter: Math.sqrt(after + rest),
              normOfChange: Math.sqrt(change),
            };
          });
        }),
      ),
    };
  }

  async #lossGradient(parameters: Parameters, pairs: PairSet): Promise<LossGradient> {
    this.#memory.clear();
    const theta = this.#putParameters(parameters);
    const count = pairs.labels.length;
    const size = Math.max(pairsPerChunk, this.#sizeFor(count));
    const ranges = chunks([...pairs.labels.keys()], size);
    const sums = this.#takeSums(ranges.length);
    const groups = ranges.map((range, index): Group => {
      const { itemIds, pairs: local } = planPairs(slicePairs(pairs, range[0] ?? 0, range.length));
      const own = sums.first + index * sums.stride;
      const laid = this.#putPlan({
        kind: planKinds.batch,
        itemIds,
        support: local,
        supportWeight: 1 / count,
        scale: 1,
        parameters: theta,
        sums: own,
      });
      return { sums: own, laid: [laid] };
    });
    await this.#workOff(groups);
    const total = await this.#addUp(sums);
    const laid = groups.flatMap((group) => group.laid);
    let loss = 0;
    for (const one of laid) for (const value of this.#memory.doubles(one.losses, one.pairs)) loss += value;
    return { loss: loss / count, gradient: this.#readGradient(total, laid, (one) => one.gradientRows) };
  }

  #putParameters(parameters: Parameters): number {
    const wanted = parameterCount(this.#shape.shape);
    if (parameters.length !== wanted) {
      throw new Error(`expected ${wanted} parameters, found ${parameters.length}`);
    }
    const address = this.#memory.take(this.#shape.floats * 4);
    pad(this.#shape, parameters, this.#memory.floats(address, this.#shape.floats));
    return address;
  }

  /** One rate stays one (and fc.weight's changes stay low-rank) unless a gradient by each rate is wanted. */
  #putRates(
    innerRates: number | Parameters,
    learnRates: boolean,
  ): { readonly rate: number; readonly rates: number } {
    if (typeof innerRates === 'number' && !learnRates) return { rate: innerRates, rates: 0 };
    const each = typeof innerRates === 'number' ? uniformRates(this.#shape.shape, innerRates) : innerRates;
    return { rate: 0, rates: this.#putParameters(each) };
  }

  /** The least number of items in a group that keeps the groups' sums within their limit. */
  #sizeFor(count: number): number {
    return Math.ceil((count * this.#shape.denseFloats * 4) / sumsLimit);
  }

  #groupSize(tasks: number, stacks: number, learnRates: boolean): number {
    return Math.max(tasksPerGroup, this.#sizeFor((tasks + stacks) * (learnRates ? 2 : 1)));
  }

  #takeSums(count: number): { readonly first: number; readonly stride: number; readonly count: number } {
    const stride = Math.ceil((this.#shape.denseFloats * 4) / 64) * 64;
    return { first: this.#memory.take(count * stride), stride, count };
  }

  #putForest(local: LocalForest, weight: number | Float32Array): readonly number[] {
    const memory = this.#memory;
    const { forest, items, labels, first, unique } = local;
    const levels = forest.levelOffsets.length - 1;
    const weights = typeof weight === 'number' ? new Float32Array(labels.length).fill(weight) : weight;
    return [
      items.length,
      forest.levelOffsets[1] ?? 0,
      levels,
      labels.length,
      first,
      unique,
      memory.put(items),
      memory.put(forest.parents),
      memory.put(forest.levelOffsets),
      memory.put(forest.nodeOfPair),
      memory.put(labels),
      memory.putFloats(weights),
    ];
  }

  /** Writes a plan as `Plan` of `kernel/layout.as` reads it. */
  #putPlan(fields: PlanFields): Laid {
    const memory = this.#memory;
    const { itemIds, support, query, rankSteps = [] } = fields;
    const supportForest = memory.put(this.#putForest(support, fields.supportWeight));
    const queryForest = query === undefined ? 0 : memory.put(this.#putForest(query, 1 / query.labels.length));
    const pairs = (query ?? support).labels.length;
    const rowBytes = itemIds.length * this.#shape.embedding * 4;
    const gradientRows = fields.sums === undefined ? 0 : memory.take(rowBytes);
    const rateGradientRows = (fields.rateSums ?? 0) === 0 ? 0 : memory.take(rowBytes);
    const losses = memory.take(pairs * 8);
    const ranks = memory.take(rankSteps.length * pairs * 4);
    const drift = memory.take(rankSteps.length * kernelOrder.length * 24);
    const steps = fields.steps ?? 0;
    const plan = memory.put([
      fields.kind,
      supportForest,
      queryForest,
      itemIds.length,
      memory.put(itemIds),
      steps,
      floatBits(fields.rate ?? 0),
      fields.rates ?? 0,
      fields.secondOrder === true ? 1 : 0,
      floatBits(fields.scale),
      fields.parameters,
      fields.sums ?? 0,
      gradientRows,
      fields.rateSums ?? 0,
      rateGradientRows,
      losses,
      rankSteps.length,
      memory.put(rankSteps),
      ranks,
      drift,
    ]);
    const perStep = fields.secondOrder === true ? 3 : 1;
    const work =
      (support.items.length + support.labels.length) * Math.max(1, perStep * steps) +
      (query === undefined ? 0 : query.items.length + query.labels.length);
    return { plan, itemIds, gradientRows, rateGradientRows, losses, pairs, ranks, drift, work };
  }

  /** Has the threads do all groups, the longest first. */
  async #workOff(groups: readonly Group[]): Promise<void> {
    const memory = this.#memory;
    const length = ({ laid }: Group): number => laid.reduce((sum, { work }) => sum + work, 0);
    const inOrder = groups.toSorted((one, other) => length(other) - length(one));
    const bytes = this.#shape.denseFloats * 4;
    const addresses = inOrder.map(({ sums, laid }) =>
      memory.put([sums, bytes, laid.length, ...laid.map(({ plan }) => plan)]),
    );
    const queue = memory.put([0, groups.length, ...addresses]);
    const arena = groups.reduce(
      (most, { laid }) => laid.reduce((max, { plan }) => Math.max(max, this.#kernel.arenaBytes(plan)), most),
      0,
    );
    const fitting = Math.floor(memory.bytesLeft / Math.max(1, arena));
    const threads = Math.max(1, Math.min(this.#threads, groups.length, fitting));
    const orders = Array.from({ length: threads }, () => ({
      call: 'workOff' as const,
      queue,
      arena: memory.take(arena),
    }));
    await this.#pool.run(orders);
  }

  /** Address of the sum of sums. */
  async #addUp(sums: { first: number; stride: number; count: number }): Promise<number> {
    const memory = this.#memory;
    const { denseFloats } = this.#shape;
    const total = memory.take(denseFloats * 4);
    const slices = Math.ceil(denseFloats / sliceFloats);
    const queue = memory.put([
      0,
      slices,
      sliceFloats,
      denseFloats,
      sums.count,
      sums.first,
      sums.stride,
      total,
    ]);
    const threads = Math.min(this.#threads, slices);
    await this.#pool.run(
      Array.from({ length: threads }, () => ({ call: 'addUp' as const, queue, arena: 0 })),
    );
    return total;
  }

  /** The dense sum at `total` and the plans' embedding rows, added in the plans' order, as a flat vector. */
  #readGradient(total: number, laid: readonly Laid[], rowsOf: (one: Laid) => number): Float32Array {
    const { shape, embedding, denseFloats } = this.#shape;
    const gradient = new Float32Array(parameterCount(shape));
    unpadDense(this.#shape, this.#memory.floats(total, denseFloats), gradient);
    const placeOf = new Map<number, number>();
    for (const { itemIds } of laid) {
      for (const item of itemIds) if (!placeOf.has(item)) placeOf.set(item, placeOf.size);
    }
    const size = shape.embedding;
    const sums = new Float64Array(placeOf.size * size);
    for (const one of laid) {
      const rows = this.#memory.floats(rowsOf(one), one.itemIds.length * embedding);
      for (const [row, item] of one.itemIds.entries()) {
        // Every item has a place, and both rows are within their arrays.
        const to = placeOf.get(item)! * size;
        const from = row * embedding;
        for (let i = 0; i < size; i++) sums[to + i]! += rows[from + i]!;
      }
    }
    for (const [item, place] of placeOf) {
      gradient.set(sums.subarray(place * size, (place + 1) * size), item * size);
    }
    return gradient;
  }
}

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a float32, as the word that holds it. */
function floatBits(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Consecutive pieces of at most `size`. */
function chunks<Value>(values: readonly Value[], size: number): (readonly Value[])[] {
  const pieces: (readonly Value[])[] = [];
  for (let from = 0; from < values.length; from += size) pieces.push(values.slice(from, from + size));
  return pieces;
}

function slicePairs(pairs: PairSet, from: number, count: number): PairSet {
  const start = pairs.offsets[from] ?? 0;
  const offsets = pairs.offsets.subarray(from, from + count + 1).map((offset) => offset - start);
  return {
    items: pairs.items.subarray(start, start + (offsets[count] ?? 0)),
    offsets,
    labels: pairs.labels.subarray(from, from + count),
  };
}
