// The fast engine for CPUs: a kernel in C on as many threads as granted. What this file does is lay work
// out in the shared memory, in groups that do not depend on the number of threads, and read the results.
import { FailureError } from '../../base/failure.js';
import type { PairSet, Task } from '../../data/pair-set.js';
import { isLayerRates } from '../../model/layer-rates.js';
import { builtInShape } from '../../model/model-family.js';
import type {
  AdamStep,
  Adapted,
  AdaptHyper,
  Engine,
  EngineOptions,
  LossGradient,
  MetaGradient,
  MetaHyper,
  Parameters,
} from '../engine.js';
import { mean } from '../mean.js';
import { kernelForm, nameOfForm } from './kernel-form.js';
import { KernelThreads } from './kernel-threads.js';
import { type KernelForm, openAdam } from './open-kernel.mjs';
import { padShape } from './padded-shape.js';
import { planPairs, planTask, stackQueries } from './planned-task.js';
import { readDrift, readGradient, readLayerGradient, readLosses, readStack } from './read-results.js';
import { type Group, planKinds, weightedLosses } from './work-layout.js';

/** Tasks of a group, whose gradients one thread adds up; the groups' sums are added in float64. */
const tasksPerGroup = 2;
/** Tasks whose query sets are evaluated as one at theta_0. */
const tasksPerStack = 8;
/** Pairs of a batch that are evaluated as one. */
const pairsPerChunk = 32;

/** Loads the kernel in its fastest form and starts `options.threads` threads. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  return createEngineOn(await kernelForm(), options);
}

/** On a form of the kernel, which changes no result. */
export function createEngineOn(form: KernelForm, options: EngineOptions): Engine {
  return new WasmEngine(options, form);
}

class WasmEngine implements Engine {
  readonly name = 'wasm';
  readonly precision = 'float32';
  readonly device: string;
  readonly adamStep: AdamStep | undefined;
  readonly #start: () => KernelThreads;
  readonly #log: (line: string) => void;
  #threads: KernelThreads;
  /** Calls share the memory, so one waits for the other. */
  #previous: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ shape, threads, log = () => {} }: EngineOptions, form: KernelForm) {
    const padded = padShape(builtInShape(shape));
    this.#start = () => new KernelThreads(form, padded, threads);
    this.device = nameOfForm(form);
    this.adamStep = openAdam(form);
    this.#log = log;
    this.#threads = this.#start();
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
    this.#closed = true;
    await this.#threads.close();
  }

  async #oneAtATime<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#previous.then(() => this.#onLiveThreads(call));
    this.#previous = result.catch(() => undefined);
    return await result;
  }

  /** A call is a function of its arguments alone: where a thread dies under it, it is run once more on fresh threads. */
  async #onLiveThreads<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (!isDeadThread(error)) throw error;
      await this.#threads.close();
      if (this.#closed) throw error;
      const { message, cause } = error.failure;
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      this.#log(`${message}${why}; the call is run again on fresh threads`);
      this.#threads = this.#start();
      return await call();
    }
  }

  async #metaGradient(
    parameters: Parameters,
    tasks: readonly Task[],
    hyper: MetaHyper,
  ): Promise<MetaGradient> {
    const { lambdaResidual: lambda } = hyper;
    const layout = await this.#threads.clear();
    const theta = layout.putParameters(parameters);
    const layered = isLayerRates(hyper.innerRates) ? hyper.innerRates : undefined;
    const learnRates = hyper.learnRates === true && layered === undefined;
    const learnLayerRates = hyper.learnRates === true && layered !== undefined;
    const rates = layout.putRates(hyper.innerRates, learnRates);
    const losses = weightedLosses(hyper);
    const local = tasks.map(planTask);
    const stacks = lambda === 0 ? [] : chunks(local, tasksPerStack);
    const sumsPerTask = learnRates ? 2 : 1;
    const size = Math.max(tasksPerGroup, layout.sizeFor((tasks.length + stacks.length) * sumsPerTask));
    const taskGroups = chunks(local, size);
    const sums = layout.takeSums(taskGroups.length + stacks.length);
    const rateSums = learnRates ? layout.takeSums(taskGroups.length) : undefined;

    const groups: Group[] = taskGroups.map((group, index) => {
      const own = sums.first + index * sums.stride;
      const ownRates = rateSums === undefined ? 0 : rateSums.first + index * rateSums.stride;
      return group.map(({ itemIds, support, query }) =>
        layout.putPlan({
          kind: planKinds.chain,
          itemIds,
          support,
          supportWeight: 1 / support.labels.length,
          query,
          steps: hyper.innerSteps,
          ...rates,
          losses,
          layerGradient: learnLayerRates,
          secondOrder: hyper.secondOrder,
          scale: (1 - lambda) / tasks.length,
          parameters: theta,
          sums: own,
          rateSums: ownRates,
        }),
      );
    });
    for (const [index, stack] of stacks.entries()) {
      const { itemIds, pairs } = stackQueries(stack);
      const own = sums.first + (taskGroups.length + index) * sums.stride;
      const weights = stack.flatMap(({ query: { labels } }) =>
        Array.from(labels, () => lambda / (tasks.length * labels.length)),
      );
      const placed = layout.putPlan({
        kind: planKinds.batch,
        itemIds,
        support: pairs,
        supportWeight: Float32Array.from(weights),
        scale: 1,
        parameters: theta,
        sums: own,
      });
      groups.push([placed]);
    }

    if (rateSums !== undefined) {
      layout.memory.floats(rateSums.first, (rateSums.count * rateSums.stride) / 4).fill(0);
    }
    await this.#threads.workOff(groups);
    await this.#threads.addUp(sums);
    if (rateSums !== undefined) await this.#threads.addUp(rateSums);

    const placed = groups.flat();
    const chains = placed.slice(0, tasks.length);
    const after = readLosses(layout, chains, losses);
    const before = placed.slice(tasks.length).flatMap((one, index) => readStack(layout, one, stacks[index]));
    const lossPerTask = after.map((loss, task) =>
      lambda === 0 ? loss : (1 - lambda) * loss + lambda * (before[task] ?? Number.NaN),
    );
    return {
      loss: mean(lossPerTask),
      gradient: readGradient(layout, sums.total, placed, ({ gradientRows }) => gradientRows),
      ...(rateSums !== undefined
        ? {
            rateGradient: readGradient(
              layout,
              rateSums.total,
              chains,
              ({ rateGradientRows }) => rateGradientRows,
            ),
          }
        : {}),
      ...(learnLayerRates ? { rateGradient: readLayerGradient(layout, chains, layered?.steps ?? 0) } : {}),
      lossPerTask,
    };
  }

  async #adaptAndRank(parameters: Parameters, tasks: readonly Task[], hyper: AdaptHyper): Promise<Adapted> {
    const layout = await this.#threads.clear();
    const theta = layout.putParameters(parameters);
    const rates = layout.putRates(hyper.innerRates, false);
    const { items, embedding: size } = layout.shape.shape;
    const listed = Math.min(hyper.listed ?? 0, items);
    const placed = tasks.map(planTask).map(({ itemIds, support, query }) =>
      layout.putPlan({
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
        listed,
      }),
    );
    await this.#threads.workOff(placed.map((one) => [one]));
    let embedding = 0;
    // By index, which takes a fifth of the time that V8 takes for an iterator; i is within bounds.
    for (let i = 0; i < items * size; i++) embedding += parameters[i]! * parameters[i]!;
    return {
      ranks: hyper.steps.map((_, step) =>
        placed.map(({ ranks, pairs }) => layout.memory.words(ranks + step * pairs * 4, pairs).slice()),
      ),
      ...(hyper.listed === undefined
        ? {}
        : {
            lists: hyper.steps.map((_, step) =>
              placed.map(({ lists, pairs }) => {
                const count = pairs * listed;
                return layout.memory.words(lists + step * count * 4, count).slice();
              }),
            ),
          }),
      drift: hyper.steps.map((_, step) => placed.map((one) => readDrift(layout, one, step, embedding))),
    };
  }

  async #lossGradient(parameters: Parameters, pairs: PairSet): Promise<LossGradient> {
    const layout = await this.#threads.clear();
    const theta = layout.putParameters(parameters);
    const count = pairs.labels.length;
    const size = Math.max(pairsPerChunk, layout.sizeFor(count));
    const ranges = chunks([...pairs.labels.keys()], size);
    const sums = layout.takeSums(ranges.length);
    const groups = ranges.map((range, index): Group => {
      const { itemIds, pairs: local } = planPairs(slicePairs(pairs, range[0] ?? 0, range.length));
      const own = sums.first + index * sums.stride;
      const placed = layout.putPlan({
        kind: planKinds.batch,
        itemIds,
        support: local,
        supportWeight: 1 / count,
        scale: 1,
        parameters: theta,
        sums: own,
      });
      return [placed];
    });
    await this.#threads.workOff(groups);
    await this.#threads.addUp(sums);
    const placed = groups.flat();
    let loss = 0;
    for (const one of placed) for (const value of layout.memory.doubles(one.losses, one.pairs)) loss += value;
    return {
      loss: loss / count,
      gradient: readGradient(layout, sums.total, placed, (one) => one.gradientRows),
    };
  }
}

function isDeadThread(error: unknown): error is FailureError {
  return error instanceof FailureError && error.failure.reason === 'worker-crashed';
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
