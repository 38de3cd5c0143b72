import { failed } from '../../base/result.js';
import type { JobDemand } from '../executor.js';
import type { BatchSystem } from './batch-system.js';
import type { Jobs } from './jobs.js';
import type { Pool } from './pool.js';

/** How jobs of a pool are submitted. */
export interface JobsToSubmit {
  readonly demand: JobDemand;
  readonly root: string;
  readonly command: readonly string[];
  readonly mostJobs: number;
}

/** Told of what comes of submitting. */
export interface SubmitListener {
  note(text: string): void;
  /** Jobs may be in the queue that are not known: it is to be asked within that time. */
  ask(withinMilliseconds: number): void;
}

const firstBackoffMilliseconds = 1_000;
const longestBackoffMilliseconds = 60_000;

/** Submits as many jobs as a pool has work for: those that become ready together as one, and fewer where there are limits. */
export class Submitter {
  private readonly system: BatchSystem;
  private readonly pool: Pool;
  private readonly jobs: Jobs;
  private readonly toSubmit: JobsToSubmit;
  private readonly listener: SubmitListener;
  private isSubmitting = false;
  private submitAt = 0;
  private backoff = firstBackoffMilliseconds;
  private atOnce = Number.POSITIVE_INFINITY;

  constructor(system: BatchSystem, pool: Pool, jobs: Jobs, toSubmit: JobsToSubmit, listener: SubmitListener) {
    this.system = system;
    this.pool = pool;
    this.jobs = jobs;
    this.toSubmit = toSubmit;
    this.listener = listener;
  }

  /** Whether a submission has not been answered. */
  get isBusy(): boolean {
    return this.isSubmitting;
  }

  /** Submits nothing for a while: more may become ready. */
  gather(milliseconds: number): void {
    this.submitAt = Math.max(this.submitAt, performance.now() + milliseconds);
  }

  async submit(askMilliseconds: number): Promise<void> {
    if (this.isSubmitting || performance.now() < this.submitAt) return;
    const { toSubmit, pool } = this;
    const wanted = Math.min(pool.waiting.size, toSubmit.mostJobs) - this.jobs.live().length;
    if (wanted <= 0) return;
    this.isSubmitting = true;
    try {
      const submission = await this.system.submit({
        name: pool.record.name,
        count: Math.min(wanted, this.atOnce),
        command: toSubmit.command,
        demand: toSubmit.demand,
        folder: toSubmit.root,
        logFolder: pool.logFolder,
        endedFolder: pool.endedFolder,
      });
      if (submission.type === 'submitted') {
        this.jobs.submitted(submission.jobs);
        this.backoff = firstBackoffMilliseconds;
        this.listener.ask(askMilliseconds);
        return;
      }
      if (submission.type === 'refused') {
        this.refuse(submission.message);
        return;
      }
      if (submission.isLimit) this.atOnce = Math.max(1, Math.floor(Math.min(wanted, this.atOnce) / 2));
      // A question that was not answered may have been heard: jobs that came of it are found by their name.
      else this.listener.ask(0);
      this.listener.note(`${this.system.name} takes no more jobs for now: ${submission.message}`);
      this.submitAt = performance.now() + this.backoff;
      this.backoff = Math.min(longestBackoffMilliseconds, this.backoff * 2);
    } finally {
      this.isSubmitting = false;
    }
  }

  private refuse(message: string): void {
    for (const one of [...this.pool.waiting.values()].filter(({ job }) => job === undefined)) {
      this.pool.settle(
        one,
        failed({
          reason: 'job-refused',
          message: `${this.system.name} refuses a job for ${one.request.node}: ${message}`,
          hint: 'see `resources` and `slurm` of the step, and `slurm` in kshot.yaml',
        }),
      );
    }
  }
}
