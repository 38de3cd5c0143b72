import type { Failure } from '../base/failure.js';
import type { Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { PortShape, Progress } from '../kinds/kind.js';
import type { StagedFile } from '../store/store.js';

/** What the scheduler sends to a worker process. */
export interface ExecuteRequest {
  readonly type: 'execute';
  readonly node: string;
  readonly kind: string;
  readonly parameters: JsonObject;
  /** Leaves are absolute paths of verified objects. */
  readonly inputs: { readonly [port: string]: Tree<string> };
  readonly files: { readonly [name: string]: string };
  /** Shapes of the output ports, which say what must have been written. */
  readonly outputs: { readonly [port: string]: PortShape };
  readonly engine?: string;
  /** Whether the engine may compute on a program that stands in for a GPU. */
  readonly allowSoftware: boolean;
  readonly threads: number;
  /** The devices that the node was given, for it alone. */
  readonly gpus: readonly GpuDevice[];
  readonly memoryBytes: number;
  readonly timeoutSeconds?: number;
  readonly outputsFolder: string;
  readonly scratchFolder: string;
  readonly stateFile: string;
  readonly root: string;
  readonly logFile: string;
}

/** What a worker process receives. */
export type WorkerRequest =
  | ExecuteRequest
  /** The run is cancelled: the body's signal is aborted, whatever it answers no longer matters. */
  | { readonly type: 'cancel' };

/** What a worker process sends back. */
export type WorkerMessage =
  /** A process group that must end with this worker, whoever ends it. */
  | { readonly type: 'process-group'; readonly processId: number }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'log'; readonly line: string }
  /** A line of the log that people should see. */
  | { readonly type: 'note'; readonly line: string }
  | ({ readonly type: 'finished' } & Executed)
  /** The failure's cause travels as text in `details`. */
  | { readonly type: 'failed'; readonly failure: Failure };

/** What an execution gave. */
export interface Executed {
  readonly outputs: { readonly [port: string]: Tree<StagedFile> };
  /** Device and driver where a GPU engine computed. */
  readonly device?: string;
}
