import type { PairSet, Task } from '../data/pair-set.js';
import type { InnerRates } from '../model/layer-rates.js';
import type { ModelLayout, ModelShape } from '../model/model-family.js';

/** Flat parameter vector in the order of the model's layout; each engine computes in its own precision. */
export type Parameters = Float64Array | Float32Array;

export interface MetaHyper {
  /** alpha: one rate for all parameters, one for each (0 keeps a parameter frozen), or one for each step and tensor. */
  readonly innerRates: InnerRates;
  readonly innerSteps: number;
  /**
   * `[innerSteps]` w: what the query loss after each inner step counts in the adapted loss, the last of it above 0;
   * that after the last alone where undefined (multi-step loss: Antoniou, Edwards and Storkey, "How to train your MAML", 2019).
   */
  readonly stepWeights?: readonly number[] | undefined;
  /** lambda: weight of the query loss at theta_0. */
  readonly lambdaResidual: number;
  readonly secondOrder: boolean;
  /** Whether `rateGradient` is wanted (learned inner rates). */
  readonly learnRates?: boolean;
  /** What dropout is drawn by, of a model that has some. */
  readonly seed?: number;
}

export interface MetaGradient {
  /** Mean over tasks of (1 - lambda) * (sum over j = 1 … n of w_j * Q(theta_j)) + lambda * Q(theta_0). */
  readonly loss: number;
  /** Gradient of `loss`, unclipped, `[parameters]`. */
  readonly gradient: Parameters;
  /**
   * Gradient of `loss` by the inner rates, `[parameters]`, or as those of `LayerRates`; present if and only if asked
   * for.
   */
  readonly rateGradient?: Parameters;
  readonly lossPerTask: Float64Array;
}

export interface AdaptHyper {
  readonly innerRates: InnerRates;
  /** Step counts at which to rank, ascending, distinct; 0 is zero-shot. */
  readonly steps: readonly number[];
  /** Lists so many items of each ranking, or all where there are fewer; only of an engine that `listsItems`. */
  readonly listed?: number;
}

export interface Drift {
  /** Name of the parameter tensor. */
  readonly tensor: string;
  readonly normBefore: number;
  readonly normAfter: number;
  readonly normOfChange: number;
}

export interface Adapted {
  /**
   * `ranks[s][t][i]`: rank (1 is best) of query pair `i` of task `t` after `steps[s]` inner steps.
   * Rank = 1 + items scored higher + equal-scored items of lower id; 0 where a score is NaN or infinite.
   */
  readonly ranks: readonly (readonly Int32Array[])[];
  /**
   * `lists[s][t]`, present where `listed` was asked for: `[query pairs, min(listed, items)]` the items of the ranks from
   * 1; it means nothing where a pair's rank is 0.
   */
  readonly lists?: readonly (readonly Int32Array[])[];
  /** `drift[s][t]`: per tensor, after `steps[s]` inner steps. */
  readonly drift: readonly (readonly (readonly Drift[])[])[];
}

/** What a step of Adam computes with: the moments' rates, and the step's size and corrections. */
export type AdamNumbers = readonly [
  beta1: number,
  beta2: number,
  stepSize: number,
  rootOfCorrection: number,
  epsilon: number,
];

/** A step of Adam on parameters, gradient, first and second moments, in place, to the bits of `learning/adam.ts`. */
export type AdamStep = (vectors: readonly Float32Array[], numbers: AdamNumbers) => void;

export interface LossGradient {
  /** Mean softmax cross-entropy over the pairs. */
  readonly loss: number;
  readonly gradient: Parameters;
}

/**
 * The seam between the learning code and the arithmetic. An engine owns the inner loop and the exact
 * meta-gradient; sampling, the outer loop, optimizers and metrics are written once above it.
 * Every call is a pure function of its arguments; the arrays that it returns are its caller's, to be written to.
 */
export interface Engine {
  readonly name: string;
  readonly precision: 'float64' | 'float32';
  /** What it computes on: a GPU and its driver, or a form of code for the CPU; kept in the entry. */
  readonly device?: string;
  /** Of a model that the engine alone knows, a module of the user's: what it is like, and its first parameters. */
  readonly module?: { readonly layout: ModelLayout; readonly initialParameters: Float32Array };
  metaGradient(parameters: Parameters, tasks: readonly Task[], hyper: MetaHyper): Promise<MetaGradient>;
  adaptAndRank(parameters: Parameters, tasks: readonly Task[], hyper: AdaptHyper): Promise<Adapted>;
  /** @param seed as in `MetaHyper` */
  lossGradient(parameters: Parameters, pairs: PairSet, seed?: number): Promise<LossGradient>;
  /** Present where this processor has a faster one than JavaScript. */
  readonly adamStep?: AdamStep | undefined;
  /** Ends threads and frees device memory. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly shape: ModelShape;
  /** Threads that the engine may use; never changes a result. */
  readonly threads: number;
  /** Which of the machine's GPUs a GPU engine computes on, from 0; default the one that the driver puts first. */
  readonly gpuIndex?: number;
  /** Whether a GPU engine may compute on a program that stands in for a GPU. Default false. */
  readonly allowSoftware?: boolean;
  /** The Python of an engine that computes in one, absolute; default: the first python3 of PATH. */
  readonly python?: string;
  /** Told what people may want to know of a computation that goes on: a line for the step's log. */
  readonly log?: (line: string) => void;
}

/** Versions of the packages that an engine computes with, by name, as installed; of one that is missing, none. */
export type PackageVersions = { readonly [name: string]: string };

/** Whether an engine can compute on this machine, by looking rather than by guessing. */
export type EngineProbe =
  | {
      readonly available: true;
      /** What it computes on: a GPU, or a form of code for the CPU. */
      readonly device?: string;
      readonly driver?: string;
      /** The program that computes, where that is none of kshot's; absolute. */
      readonly interpreter?: string;
      /** Present where a program or the CPU stands in for the GPU: then it computes only where it is asked for by name. */
      readonly software?: true;
      readonly versions: PackageVersions;
    }
  | {
      readonly available: false;
      /** One clause that says what is missing or wrong. */
      readonly why: string;
      /** What to do to make it available, where something can be done. */
      readonly remedy?: string;
      /** Present where another look may come to something else, though nothing changes. */
      readonly passing?: true;
      readonly versions: PackageVersions;
    };

/** What is known of an engine without loading it. */
export interface EngineDescriptor {
  readonly name: string;
  /** Whether it runs on a GPU and so takes the step's gpu tokens. */
  readonly gpu: boolean;
  /** Whether it runs on the CPU where there is no GPU, and then takes no token. Default false. */
  readonly cpuToo?: boolean;
  /** Whether equal inputs give equal bits on any machine. */
  readonly deterministic: boolean;
  /** Whether it can list the items of a ranking (`AdaptHyper.listed`), not the label's rank alone. */
  readonly listsItems: boolean;
  /** Whether more than one thread makes it faster. */
  readonly parallel: boolean;
  /** One line for people: how it computes. */
  readonly summary: string;
  /** The optional packages that loading it takes; `probeEngine` looks for them before it calls `probe`. */
  readonly packages: readonly string[];
  /** The machines that there are such packages for, as `linux-x64`; all where absent. */
  readonly platforms?: readonly string[];
  /** The one of kshot's `scripts/` that installs them, where npm alone does not do. */
  readonly installer?: string;
  /** What their installation takes beside the command. */
  readonly installNote?: string;
  /** Names of those of its probe's versions that shape what it computes and that no package tells: they are in keys. */
  readonly keyedVersions?: readonly string[];
  /** What its probe depends on beside the machine; other whenever that may come to something else. `python`: as above. */
  surroundings?(python?: string): string;
  /** Of an engine with several forms of code, which give the same bits: the one that it will take here, for people. */
  form?(): Promise<string>;
  /** Looks whether it can compute here; may load packages and open a device. Never rejects. */
  probe(python?: string): Promise<EngineProbe>;
  load(): Promise<{ createEngine(options: EngineOptions): Promise<Engine> }>;
}
