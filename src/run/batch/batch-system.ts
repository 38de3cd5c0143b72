import type { JobDemand } from '../executor.js';

/**
 * What queues jobs and starts them on machines that share a file system with this one. All that a run needs of it is
 * here; a queue of another kind is one class more.
 */
export interface BatchSystem {
  /** For people: `Slurm`. */
  readonly name: string;
  submit(jobs: BatchJobs): Promise<Submission>;
  /** All jobs of these names, whatever their state, by their ids; undefined where the queue does not answer. */
  ask(names: readonly string[]): Promise<ReadonlyMap<string, BatchJob> | undefined>;
  /** What became of a job, as of now; undefined where nothing is known. */
  endingOf(job: string): Promise<JobEnding | NotEnded | undefined>;
  /** Ends all jobs of these names, or those alone that have not started; what goes wrong is looked at by `ask`. */
  cancel(names: readonly string[], which: 'all' | 'pending'): Promise<void>;
}

/** Jobs to submit that differ in their ids alone. */
export interface BatchJobs {
  /** By which `ask` and `cancel` find them. */
  readonly name: string;
  readonly count: number;
  /** What a job executes; the id of the job is to be added as one more word. */
  readonly command: readonly string[];
  readonly demand: JobDemand;
  /** Where it is to start, absolute. */
  readonly folder: string;
  /** An existing folder for what jobs print before they are kshot's: `<id>.out`. */
  readonly logFolder: string;
  /** An existing folder in which a job leaves its exit code when its command has ended, in a file of its id. */
  readonly endedFolder: string;
}

export type Submission =
  /** As many as were asked for, or fewer: their ids. */
  | { readonly type: 'submitted'; readonly jobs: readonly string[] }
  /** Not now: a limit, in which case fewer at once may do, or a queue that does not answer. */
  | { readonly type: 'later'; readonly isLimit: boolean; readonly message: string }
  /** Never, as it was asked for. */
  | { readonly type: 'refused'; readonly message: string };

export interface BatchJob {
  /** That with which it was submitted. */
  readonly name: string;
  readonly state: 'pending' | 'running' | 'ended';
  /** Where it runs. */
  readonly host?: string;
  /** Present where it has ended. */
  readonly ending?: JobEnding;
}

/** A job that the queue does not count as one that has ended: it waits, maybe once more, or some of it is still there. */
export interface NotEnded {
  readonly how: 'pending' | 'running';
}

export interface JobEnding {
  readonly how:
    | 'completed'
    | 'failed'
    | 'out-of-memory'
    | 'timeout'
    | 'node-failed'
    | 'preempted'
    | 'cancelled';
  /** What the queue calls it, such as `OUT_OF_MEMORY`. */
  readonly state: string;
  /** As a shell has it: 128 and more stand for a signal. */
  readonly exitCode?: number;
}
