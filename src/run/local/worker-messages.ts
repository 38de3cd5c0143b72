import type { Failure } from '../../base/failure.js';
import type { Progress } from '../../kinds/kind-body.js';
import type { Executed, ExecuteRequest } from '../executor.js';

/** What a worker process receives. */
export type WorkerRequest =
  | ({ readonly type: 'execute' } & ExecuteRequest)
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
