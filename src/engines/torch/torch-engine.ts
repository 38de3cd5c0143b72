import { hash } from 'node:crypto';
import { FailureError } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import type { PairSet, Task } from '../../data/pair-set.js';
import type { GruShape } from '../../model/gru/gru-shape.js';
import { parameterCount, parameterLayout } from '../../model/gru/parameter-layout.js';
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
import { assignSlots, type ItemSlots } from '../item-slots.js';
import type { Arrays } from './frames.js';
import { type PackedLevels, packLevels } from './pack-levels.js';
import { torchInterpreter } from './torch-interpreter.js';
import { handBack, type TorchFacts, type TorchProcess, takeProcess } from './torch-process.js';

/**
 * The engine `torch`, on the GPU that CUDA shows this process, else on the CPU.
 *
 * @throws FailureError `engine-unavailable` where there is no PyTorch, or no GPU and it may not do without
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  return await createTorchEngine(options, 'float32');
}

/** The same in a precision of its own, to be held to other engines. */
export async function createTorchEngine(
  { shape, threads, allowSoftware = false, log }: EngineOptions,
  precision: Engine['precision'],
): Promise<Engine> {
  const process = takeProcess(torchInterpreter());
  if (log !== undefined) process.log = log;
  try {
    const facts = await process.describe();
    const device = facts.cuda === undefined ? 'cpu' : 'cuda';
    if (device === 'cpu' && !allowSoftware) {
      throw new FailureError({
        reason: 'engine-unavailable',
        message: `PyTorch ${facts.torch} of ${facts.executable} sees no GPU`,
        hint: '--engine torch computes on the CPU all the same, --engine wasm faster there',
      });
    }
    await process.call({ call: 'open', model: { ...shape }, dtype: precision, device, threads });
    return new TorchEngine(process, shape, precision, deviceText(facts));
  } catch (error) {
    handBack(process);
    throw error;
  }
}

/** What an entry says of what it was computed on. */
export function deviceText({ torch, python, executable, cuda, device }: TorchFacts): string {
  const on = cuda === undefined ? 'the CPU' : `${device}, CUDA ${cuda}`;
  return `${on}, PyTorch ${torch}, Python ${python} (${executable})`;
}

class TorchEngine implements Engine {
  readonly name = 'torch';
  readonly precision;
  readonly device;
  readonly #process: TorchProcess;
  readonly #shape: GruShape;
  /** Digests of the vectors that the process has, by the name that they were sent under. */
  readonly #sent = new Map<string, string>();
  #isClosed = false;

  constructor(process: TorchProcess, shape: GruShape, precision: Engine['precision'], device: string) {
    this.#process = process;
    this.#shape = shape;
    this.precision = precision;
    this.device = device;
  }

  async metaGradient(
    parameters: Parameters,
    tasks: readonly Task[],
    hyper: MetaHyper,
  ): Promise<MetaGradient> {
    const { innerSteps, lambdaResidual, secondOrder, learnRates = false } = hyper;
    const packed = packTasks(tasks);
    const shared = lambdaResidual > 0 ? packShared(tasks) : undefined;
    const { arrays } = await this.#call(
      'meta_gradient',
      { parameters, rates: hyper.innerRates },
      {
        ...packed.header,
        ...shared?.header,
        steps: innerSteps,
        lambda: lambdaResidual,
        second_order: secondOrder,
        learn_rates: learnRates,
        tasks: tasks.length,
      },
      { ...packed.arrays, ...shared?.arrays },
    );
    const lossPerTask = float64(arrays, 'losses');
    const mean = (name: string) => this.#own(float(arrays, name).map((value) => value / tasks.length));
    return {
      loss: lossPerTask.reduce((sum, loss) => sum + loss, 0) / tasks.length,
      gradient: mean('gradient'),
      ...(learnRates ? { rateGradient: mean('rate_gradient') } : {}),
      lossPerTask,
    };
  }

  async adaptAndRank(
    parameters: Parameters,
    tasks: readonly Task[],
    { innerRates, steps }: AdaptHyper,
  ): Promise<Adapted> {
    const { header, arrays: sent, pairs } = packTasks(tasks);
    const { arrays } = await this.#call(
      'adapt_and_rank',
      { parameters, rates: innerRates },
      { ...header, steps },
      sent,
    );
    const found = arrays['ranks'] as Int32Array;
    return {
      ranks: steps.map((_, s) =>
        tasks.map(({ query }, t) => {
          const from = (s * tasks.length + t) * pairs;
          return found.slice(from, from + query.labels.length);
        }),
      ),
      drift: steps.map((_, s) => tasks.map((__, t) => this.#drift(arrays, s, t, tasks.length))),
    };
  }

  async lossGradient(parameters: Parameters, pairs: PairSet): Promise<LossGradient> {
    const slots = assignSlots([[pairs]]);
    const query = packLevels([pairs], slots);
    const { arrays } = await this.#call(
      'loss_gradient',
      { parameters },
      { query: query.widths },
      { ...slotArrays('slots', slots), ...levelArrays('query', query, 1) },
    );
    return { loss: float(arrays, 'loss')[0] ?? Number.NaN, gradient: this.#own(float(arrays, 'gradient')) };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    handBack(this.#process);
  }

  /** Calls with vectors of the parameters' length, each of which is sent only where it is another than the last. */
  async #call(
    call: string,
    vectors: { readonly [name: string]: Parameters | number },
    header: JsonObject,
    arrays: Arrays,
  ) {
    const digests: { [name: string]: string | number } = {};
    const sent: { [name: string]: Parameters } = {};
    for (const [name, vector] of Object.entries(vectors)) {
      if (typeof vector === 'number') {
        digests[name] = vector;
        continue;
      }
      const own = this.#own(vector);
      const digest = hash('sha256', own, 'hex');
      digests[name] = digest;
      if (this.#sent.get(name) !== digest) sent[name] = own;
    }
    try {
      const frame = await this.#process.call({ ...header, ...digests, call }, { ...arrays, ...sent });
      for (const name of Object.keys(sent)) this.#sent.set(name, String(digests[name]));
      return frame;
    } catch (error) {
      // It may have none of them.
      this.#sent.clear();
      throw error;
    }
  }

  /** The vector in the engine's precision. */
  #own(vector: Parameters): Parameters {
    const count = parameterCount(this.#shape);
    if (vector.length !== count) throw new Error(`expected ${count} parameters, found ${vector.length}`);
    const OwnArray = this.precision === 'float64' ? Float64Array : Float32Array;
    return vector instanceof OwnArray ? vector : OwnArray.from(vector);
  }

  #drift(arrays: Arrays, step: number, task: number, tasks: number): readonly Drift[] {
    const tensors = parameterLayout(this.#shape);
    const before = float64(arrays, 'before');
    const norm = (name: string, tensor: number) => {
      const square = float64(arrays, name)[(step * tensors.length + tensor) * tasks + task] ?? Number.NaN;
      return Math.sqrt(square);
    };
    return tensors.map(({ name }, tensor) => ({
      tensor: name,
      normBefore: Math.sqrt(before[tensor] ?? Number.NaN),
      normAfter: norm('after', tensor),
      normOfChange: norm('change', tensor),
    }));
  }
}

/** Support and query sets of tasks, each with a weight vector of its own. */
function packTasks(tasks: readonly Task[]) {
  const slots = assignSlots(tasks.map(({ support, query }) => [support, query]));
  const support = packLevels(
    tasks.map((task) => task.support),
    slots,
  );
  const query = packLevels(
    tasks.map((task) => task.query),
    slots,
  );
  return {
    pairs: query.pairs,
    header: { support: support.widths, query: query.widths },
    arrays: {
      ...slotArrays('slots', slots),
      ...levelArrays('support', support, tasks.length),
      ...levelArrays('query', query, tasks.length),
    },
  };
}

/** The query sets of all tasks as one, which has the shared weights. */
function packShared(tasks: readonly Task[]) {
  const pairs = joinPairs(tasks.map(({ query }) => query));
  const slots = assignSlots([[pairs]]);
  const shared = packLevels([pairs], slots);
  const taskOfPair = new Int32Array(pairs.labels.length);
  let at = 0;
  for (const [task, { query }] of tasks.entries()) {
    const { length } = query.labels;
    taskOfPair.fill(task, at, at + length);
    shared.shares.fill(1 / length, at, at + length);
    at += length;
  }
  return {
    header: { shared: shared.widths },
    arrays: {
      ...slotArrays('shared_slots', slots),
      ...levelArrays('shared', shared, 1),
      'shared.tasks': { values: taskOfPair, shape: [1, taskOfPair.length] },
    },
  };
}

function joinPairs(sets: readonly PairSet[]): PairSet {
  const offsets = [0];
  for (const set of sets) {
    const start = offsets.at(-1) ?? 0;
    for (const end of set.offsets.subarray(1)) offsets.push(start + end);
  }
  return {
    items: Int32Array.from(sets.flatMap(({ items }) => [...items])),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(sets.flatMap(({ labels }) => [...labels])),
  };
}

function slotArrays(name: string, { vectors, slots, counts, items }: ItemSlots): Arrays {
  const used = new Float32Array(vectors * slots);
  for (const [vector, count] of counts.entries()) used.fill(1, vector * slots, vector * slots + count);
  const shape = [vectors, slots];
  return { [`${name}.slots`]: { values: items, shape }, [`${name}.used`]: { values: used, shape } };
}

function levelArrays(name: string, packed: PackedLevels, vectors: number): Arrays {
  const { items, parents, nodes, labels, shares, pairs } = packed;
  const byRow = [vectors, items.length / vectors];
  const byPair = [vectors, pairs];
  return {
    [`${name}.items`]: { values: items, shape: byRow },
    [`${name}.parents`]: { values: parents, shape: byRow },
    [`${name}.nodes`]: { values: nodes, shape: byPair },
    [`${name}.labels`]: { values: labels, shape: byPair },
    [`${name}.shares`]: { values: shares, shape: byPair },
  };
}

function float(arrays: Arrays, name: string): Parameters {
  const found = arrays[name];
  if (found instanceof Float32Array || found instanceof Float64Array) return found;
  throw new FailureError({ reason: 'bug', message: `the engine torch gave no ${name}` });
}

function float64(arrays: Arrays, name: string): Float64Array {
  return Float64Array.from(float(arrays, name));
}
