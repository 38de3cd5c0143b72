import { hash } from 'node:crypto';
import { greatest } from '../../base/extremes.js';
import { FailureError } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import type { PairSet, Task } from '../../data/pair-set.js';
import { gru } from '../../model/gru/gru.js';
import { type InnerRates, isLayerRates } from '../../model/layer-rates.js';
import type { ModelLayout, ModuleShape } from '../../model/model-family.js';
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
import type { Arrays } from './frames.js';
import { moduleLayout } from './module-layout.js';
import { type PrefixForm, requestSets, sharedQuerySet } from './request-sets.js';
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
  { shape, threads, allowSoftware = false, python, log }: EngineOptions,
  precision: Engine['precision'],
): Promise<Engine> {
  const process = takeProcess(torchInterpreter(python));
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
    const opening = { call: 'open', dtype: precision, device, threads };
    const on = deviceText(facts);
    if ('hidden' in shape) {
      await process.call({ ...opening, model: { ...shape } });
      return new TorchEngine(process, gru.layout(shape), { type: 'levels' }, { precision, device: on });
    }
    const { header, arrays } = await process.call({ ...opening, ...moduleRequest(shape) });
    const layout = moduleLayout(shape, header['tensors'] as [string, number[]][]);
    const module = { layout, initialParameters: Float32Array.from(float(arrays, 'initial')) };
    const form = { type: 'padded', padding: shape.items } as const;
    return new TorchEngine(process, layout, form, { precision, device: on, module });
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

function moduleRequest({
  items,
  folder,
  file,
  className,
  options,
  seed,
  secondOrder,
}: ModuleShape): JsonObject {
  return { module: { items, folder, file, name: className, options, seed }, second_order: secondOrder };
}

class TorchEngine implements Engine {
  readonly name = 'torch';
  readonly precision;
  readonly device;
  readonly module?: NonNullable<Engine['module']>;
  readonly #process: TorchProcess;
  readonly #layout: ModelLayout;
  readonly #form: PrefixForm;
  /** Digests of the vectors that the process has, by the name that they were sent under. */
  readonly #sent = new Map<string, string>();
  #isClosed = false;

  constructor(
    process: TorchProcess,
    layout: ModelLayout,
    form: PrefixForm,
    facts: Pick<Engine, 'precision' | 'module'> & { readonly device: string },
  ) {
    this.#process = process;
    this.#layout = layout;
    this.#form = form;
    this.precision = facts.precision;
    this.device = facts.device;
    if (facts.module !== undefined) this.module = facts.module;
  }

  async metaGradient(
    parameters: Parameters,
    tasks: readonly Task[],
    hyper: MetaHyper,
  ): Promise<MetaGradient> {
    const { innerSteps, lambdaResidual, secondOrder, learnRates = false } = hyper;
    const packed = this.#taskSets(tasks);
    const shared = lambdaResidual > 0 ? sharedQuerySet(this.#form, tasks) : undefined;
    const { arrays } = await this.#call(
      'meta_gradient',
      { parameters, ...ratesVector(hyper.innerRates) },
      {
        ...packed.header,
        ...layerRatesHeader(hyper.innerRates),
        ...shared?.header,
        steps: innerSteps,
        step_weights: [...(hyper.stepWeights ?? [])],
        lambda: lambdaResidual,
        second_order: secondOrder,
        learn_rates: learnRates,
        tasks: tasks.length,
        seed: hyper.seed ?? null,
      },
      { ...packed.arrays, ...shared?.arrays },
    );
    const lossPerTask = float64(arrays, 'losses');
    const mean = (name: string) => float(arrays, name).map((value) => value / tasks.length);
    return {
      loss: lossPerTask.reduce((sum, loss) => sum + loss, 0) / tasks.length,
      gradient: this.#own(mean('gradient')),
      ...(learnRates ? { rateGradient: mean('rate_gradient') } : {}),
      lossPerTask,
    };
  }

  async adaptAndRank(
    parameters: Parameters,
    tasks: readonly Task[],
    { innerRates, steps, listed }: AdaptHyper,
  ): Promise<Adapted> {
    const { header, arrays: sent } = this.#taskSets(tasks);
    const pairs = greatest(
      tasks.map(({ query }) => query.labels.length),
      0,
    );
    const { arrays } = await this.#call(
      'adapt_and_rank',
      { parameters, ...ratesVector(innerRates) },
      { ...header, ...layerRatesHeader(innerRates), steps, listed: listed ?? 0 },
      sent,
    );
    const perPair = (found: Int32Array, width: number) =>
      steps.map((_, s) =>
        tasks.map(({ query }, t) => {
          const from = (s * tasks.length + t) * pairs * width;
          return found.slice(from, from + query.labels.length * width);
        }),
      );
    const lists = arrays['lists'] as Int32Array | undefined;
    return {
      ranks: perPair(arrays['ranks'] as Int32Array, 1),
      ...(lists === undefined
        ? {}
        : { lists: perPair(lists, lists.length / (steps.length * tasks.length * pairs)) }),
      drift: steps.map((_, s) => tasks.map((__, t) => this.#drift(arrays, s, t, tasks.length))),
    };
  }

  async lossGradient(parameters: Parameters, pairs: PairSet, seed?: number): Promise<LossGradient> {
    const { header, arrays: sent } = requestSets(this.#form, 'slots', { query: [pairs] });
    const { arrays } = await this.#call(
      'loss_gradient',
      { parameters },
      { ...header, seed: seed ?? null },
      sent,
    );
    return { loss: float(arrays, 'loss')[0] ?? Number.NaN, gradient: this.#own(float(arrays, 'gradient')) };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    handBack(this.#process);
  }

  #taskSets(tasks: readonly Task[]) {
    return requestSets(this.#form, 'slots', {
      support: tasks.map(({ support }) => support),
      query: tasks.map(({ query }) => query),
    });
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
    const count = this.#layout.parameterCount;
    if (vector.length !== count) throw new Error(`expected ${count} parameters, found ${vector.length}`);
    const OwnArray = this.precision === 'float64' ? Float64Array : Float32Array;
    return vector instanceof OwnArray ? vector : OwnArray.from(vector);
  }

  #drift(arrays: Arrays, step: number, task: number, tasks: number): readonly Drift[] {
    const { tensors } = this.#layout;
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

/** Rates that go as parameters do, or as one number. */
function ratesVector(rates: InnerRates): { readonly rates?: Parameters | number } {
  return isLayerRates(rates) ? {} : { rates };
}

/** Rates for each step and tensor: few enough for the header. */
function layerRatesHeader(rates: InnerRates): JsonObject {
  return isLayerRates(rates) ? { layer_rates: [...rates.rates], rate_steps: rates.steps } : {};
}

function float(arrays: Arrays, name: string): Parameters {
  const found = arrays[name];
  if (found instanceof Float32Array || found instanceof Float64Array) return found;
  throw new FailureError({ reason: 'bug', message: `the engine torch gave no ${name}` });
}

function float64(arrays: Arrays, name: string): Float64Array {
  return Float64Array.from(float(arrays, name));
}
