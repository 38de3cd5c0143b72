import type { Failure } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import type { Tree } from '../base/tree.js';
import type { Progress } from '../kinds/kind.js';
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
  readonly engine?: string;
  readonly threads: number;
  readonly gpus: number;
  readonly outputsFolder: string;
  readonly scratchFolder: string;
  readonly stateFile: string;
  readonly root: string;
  readonly logFile: string;
}

/** What a worker process sends back. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'log'; readonly line: string }
  | {
      readonly type: 'finished';
      readonly outputs: { readonly [port: string]: Tree<StagedFile> };
      readonly device?: string;
    }
  /** The failure's cause travels as text in `details`. */
  | { readonly type: 'failed'; readonly failure: Failure };
