import type { FinishedRun } from '../../artifacts/finished-run.js';
import type { Report } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import type { Result } from '../../base/result.js';
import type { LeftFile } from '../../report/publish/left-files.js';
import type { PublishedFile } from '../../report/publish/published-history.js';
import type { RunEvent } from '../../run/event.js';
import type { RemoteExchange } from '../../store/exchange.js';
import type { PipelineRequest } from '../planning/plan-pipeline.js';

/** What to run, and how. */
export interface RunRequest extends PipelineRequest {
  /** CPU slots: how many threads compute at once; default: as many as the process may use, and 1 `inProcess`. */
  readonly slots?: number;
  /** Whether what does not depend on a failed step still starts. */
  readonly keepGoing?: boolean;
  /** The run's name; default: the UTC time and a suffix. */
  readonly tag?: string;
  /**
   * Whether steps are executed in this process, one after another, for a debugger or a profiler of it. The results are
   * the same; but a body that crashes ends the process, and one that never waits cannot be aborted.
   */
  readonly inProcess?: boolean;
  /** Whether events of type `step.decision` tell what is decided of each node, and why. */
  readonly verbose?: boolean;
  /** Aborting it ends what runs, in order: finished results stay, and unfinished training goes on from there. */
  readonly signal?: AbortSignal;
}

/** A run under way: its events, in order, each to be read once. They are kept until they are read. */
export interface Run extends AsyncIterable<RunEvent> {
  /** Its tag. */
  readonly run: string;
  readonly pipeline: string;
  /** Its folder, absolute. */
  readonly folder: string;
  /** What is no error and worth knowing. */
  readonly warnings: readonly Failure[];
  /** How it ended, whether or not events are read; fails where not even its results could be written. */
  readonly ended: Promise<Result<RunEnd, Failure[]>>;
}

/** How a run ended. */
export interface RunEnd {
  /** 0 where all is done; else what `kshot run` exits with. */
  readonly exitCode: number;
  readonly failures: readonly Failure[];
  /** What became of each node. */
  readonly finished: FinishedRun;
  /** What was found; absent where it could not be written. */
  readonly report?: Report;
  /** The page to look at, or the run's folder where there is none, absolute. */
  readonly page: string;
  readonly published: readonly PublishedFile[];
  /** What earlier runs published and this one removed, or did not make anew. */
  readonly left: readonly LeftFile[];
  /** What was exchanged with the remote cache; absent where the project has none. */
  readonly remote?: RemoteExchange;
  /** Of the remote cache. */
  readonly warnings: readonly Failure[];
  /** Of what was to be published: which files of the project are not what this run gave. */
  readonly cautions: readonly Failure[];
}
