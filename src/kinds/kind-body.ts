import type { Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
import type { Engine, EngineOptions } from '../engines/engine.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { ChosenPython } from './chosen-python.js';

/** The part of a kind that computes. */
export interface KindBody<Body = JsonObject> {
  readonly run: (context: KindContext<Body>) => Promise<void>;
}

export interface Progress {
  /** Units done and in all (iterations, episodes, rows). */
  readonly done: number;
  /** Absent where nobody knows. */
  readonly total?: number;
  readonly unit: string;
  /** Figures worth showing while running, e.g. `{ loss: 4.2 }`. */
  readonly values?: { readonly [name: string]: number };
}

/** Resumable state of a node under way; survives a killed process, and is gone once the node has its outputs. */
export interface PartialState {
  /** What was saved last; undefined where nothing was. @throws FailureError `bad-data` where it is damaged */
  load(): Promise<Uint8Array | undefined>;
  save(state: Uint8Array): Promise<void>;
  /** In place of what is saved: where a body may make a folder of its own, absolute. */
  readonly folder: string;
}

/** All that a kind's body may touch. */
export interface KindContext<Body = JsonObject> {
  /** Parameters in canonical form; of a segment, its own. */
  readonly parameters: Body;
  /** Input ports; leaves are absolute paths of read-only files whose bytes have been verified. */
  readonly inputs: { readonly [port: string]: Tree<string> };
  /** External files by name, absolute paths. */
  readonly files: { readonly [name: string]: string };
  /** Absolute path at which to write an output's leaf, e.g. `output('metrics')` or `output('train/pairs')`. */
  output(leafPath: string): string;
  /** An empty folder of the node's own, removed afterwards. */
  readonly scratch: string;
  /** CPU threads granted; must not change any byte of any output. */
  readonly threads: number;
  /** The GPUs given to it alone, as many as the step's `resources` ask for; likewise. */
  readonly gpus: readonly GpuDevice[];
  /** Memory that tables may fill, in bytes, so that nodes that run at once do not exhaust it; likewise. */
  readonly memoryBytes: number;
  /** The node's engine, for a model of the given shape; closed by the caller of `run`. */
  engine(shape: EngineOptions['shape']): Promise<Engine>;
  readonly partial: PartialState;
  /** The variables that it is passed, as far as they are set. */
  readonly environment: { readonly [name: string]: string };
  /** Words that start its program, before its own: those of what watches it. */
  readonly tracer?: readonly string[];
  progress(progress: Progress): void;
  /** A line for the step's log file. */
  log(line: string): void;
  /**
   * What a program prints, for the step's log: lines that have ended, and those after them that may still change, which
   * stand at the end of the log in the place of those of the call before.
   */
  printed(ended: readonly string[], open: readonly string[]): void;
  /** The same for a line that people should see while the run goes on: what a step found, or a warning. */
  note(line: string): void;
  /** Registers a child process group that must die with this process. */
  ownProcessGroup(processId: number): void;
  /** Aborted when the run is cancelled or the step's time is up; the reason is a `FailureError` to throw. */
  readonly signal: AbortSignal;
  /** The project's root, absolute (only `command` needs it). */
  readonly root: string;
  /** Absent where it is the first python3 of PATH. */
  readonly python?: ChosenPython;
}
