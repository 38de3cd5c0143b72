import type { Failure } from '../base/failure.js';
import type { Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
import type { Result } from '../base/result.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { ChosenPython } from '../kinds/chosen-python.js';
import type { Progress } from '../kinds/kind-body.js';
import type { PortShape } from '../kinds/port.js';
import type { BatchOptions } from '../pipeline/text/batch-options.js';
import type { StagedFile } from '../store/store.js';
import type { Resources } from './resources.js';

/**
 * Where the nodes of a run are executed. It neither decides what starts nor publishes anything: it gets a request,
 * has the node's body write into the request's folders, and answers with what lies there, hashed and on disk.
 * `test/run/executor.test.ts` says what every executor must do.
 */
export interface Executor {
  /** What nodes may have at once, asked of what executes them. */
  readonly capacity: Capacity;
  /** Takes the devices that a node was granted, from other runs too; at once, or not at all. */
  reserve(granted: Resources): Reservation;
  /**
   * Executes one node. Never rejects: what the body throws, a timeout and a process that ends are failures,
   * `worker-killed` where something outside the run ended it.
   */
  execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>>;
  /**
   * Of what an earlier run had asked for with this folder: whether nothing works or may yet work at it. Absent where all
   * that is executed ends with its run.
   */
  isJobGone?(jobFolder: string): Promise<boolean>;
  /** Told when a node is done and what could start has started: other runs may have the devices that no node has. */
  yieldDevices(): Promise<void>;
  /**
   * Asks what runs to end, and ends it after about a second; what it answers no longer matters. Nothing is executed
   * afterwards.
   */
  cancel(): Promise<void>;
  /** Ends everything that it started; resolves when that is gone. */
  close(): Promise<void>;
}

/** Memory is that of all slots together. */
export interface Capacity extends Resources {
  /** Processors that a node may ask for, be there fewer slots or not. */
  readonly cpus: number;
}

export type Reservation =
  | {
      readonly type: 'reserved';
      /** As many as were granted, where the devices are known before the node executes. */
      readonly gpus: readonly GpuDevice[];
      /** The node does not use them any more. */
      release(): void;
    }
  /** Too few are free; `holder` says who has one, where that is another process. */
  | { readonly type: 'busy'; readonly holder: string | undefined };

/** What an executor is told to do: plain JSON, with paths that lead to the same files wherever it executes. */
export interface ExecuteRequest {
  readonly node: string;
  readonly kind: string;
  readonly parameters: JsonObject;
  /** Leaves are absolute paths of verified objects. */
  readonly inputs: { readonly [port: string]: Tree<string> };
  /** Of input ports that hold a list: the node that each element comes from, which messages name. */
  readonly elementNodes: { readonly [port: string]: readonly string[] };
  readonly files: { readonly [name: string]: string };
  /** Shapes of the output ports, which say what must have been written. */
  readonly outputs: { readonly [port: string]: PortShape };
  readonly engine?: string;
  /** Whether the engine may compute on a program that stands in for a GPU. */
  readonly allowSoftware: boolean;
  /** The project's Python; absent where that is the first python3 of PATH. */
  readonly python?: ChosenPython;
  readonly threads: number;
  /** The devices that the node was given, for it alone. */
  readonly gpus: readonly GpuDevice[];
  readonly memoryBytes: number;
  /** Variables of the environment that the body is passed. */
  readonly environment?: readonly string[];
  readonly timeoutSeconds?: number;
  /** Words that start the program of a node, before its own. */
  readonly tracer?: readonly string[];
  /** What it asks of a batch system; absent where it is for this machine. */
  readonly job?: JobDemand;
  readonly outputsFolder: string;
  readonly scratchFolder: string;
  readonly stateFile: string;
  /** Where what is not executed by this process has its files: it outlives the run, as the state does. */
  readonly jobFolder: string;
  readonly root: string;
  readonly logFile: string;
}

/** What an execution gave: plain JSON. */
export interface Executed {
  readonly outputs: { readonly [port: string]: Tree<StagedFile> };
  /** Device and driver where a GPU engine computed. */
  readonly device?: string;
  /** How long the body took, where that is less than the executor did. */
  readonly seconds?: number;
  /** The name of the machine, where it is not this one. */
  readonly host?: string;
}

/** What a node asks of a batch system for its job. */
export interface JobDemand {
  readonly cpus: number;
  readonly gpus: number;
  /** As the step says, not what is left of it for data. */
  readonly memoryBytes?: number;
  readonly timeSeconds?: number;
  readonly options: BatchOptions;
}

/** Where a node is that a batch system was given. */
export type JobPlace =
  | { readonly state: 'queued' }
  | { readonly state: 'running'; readonly job: string; readonly host: string };

/** Told of an execution while it goes on. */
export interface ExecutionListener {
  progress(progress: Progress): void;
  log(line: string): void;
  /** A line of the log that people should see. */
  note(line: string): void;
  /** It waits for its job, or has one; never where it is executed by this machine. */
  placed?(place: JobPlace): void;
}
