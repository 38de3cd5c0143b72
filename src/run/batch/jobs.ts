import type { BatchJob, JobEnding } from './batch-system.js';

/** A job that this run has submitted, or has found. */
export interface KnownJob {
  readonly id: string;
  /** `unseen`: the queue has not listed it yet. */
  state: 'unseen' | BatchJob['state'];
  ending?: JobEnding;
  /** How many answers of the queue in a row did not list it. */
  absences: number;
  /** The queue said last that it waits for a machine, be it once more. */
  isQueued?: boolean;
  /** It was put back into the queue, and is not waited for; it may have a machine again later. */
  isPutBack?: boolean;
  /** It was told of as one that has ended. */
  isCounted?: true;
}

/** So many answers without a job, and it is gone: the first may have been on its way before the job was there. */
const mostAbsences = 2;

/**
 * What is known of the jobs of a pool: from their submission, from what the queue says, and from what they leave
 * themselves. A queue that does not answer changes nothing.
 */
export class Jobs {
  private readonly jobs = new Map<string, KnownJob>();

  submitted(ids: readonly string[]): void {
    for (const id of ids) if (!this.jobs.has(id)) this.jobs.set(id, { id, state: 'unseen', absences: 0 });
  }

  /** The queue has answered, and lists these. */
  seen(listed: ReadonlyMap<string, BatchJob>): void {
    for (const [id, job] of listed) {
      const known = this.jobs.get(id) ?? { id, state: job.state, absences: 0 };
      // One that was put back into the queue is active again.
      known.state = job.state;
      known.absences = 0;
      known.isQueued = job.state === 'pending';
      if (job.state === 'running') known.isPutBack = false;
      if (job.ending === undefined) delete known.ending;
      else known.ending = job.ending;
      this.jobs.set(id, known);
    }
    for (const known of this.jobs.values()) {
      if (listed.has(known.id) || known.state === 'ended') continue;
      known.absences++;
      if (known.absences >= mostAbsences) known.state = 'ended';
    }
  }

  /** Their commands have ended, with these exit codes. */
  left(exitCodes: ReadonlyMap<string, number>): void {
    for (const [id, exitCode] of exitCodes) {
      const known = this.jobs.get(id);
      if (known === undefined || known.state === 'ended') continue;
      known.state = 'ended';
      if (Number.isNaN(exitCode)) continue;
      known.ending = {
        how: exitCode === 0 ? 'completed' : 'failed',
        state: `exit code ${exitCode}`,
        exitCode,
      };
    }
  }

  get(id: string): KnownJob | undefined {
    return this.jobs.get(id);
  }

  /** It is in the queue again, and what it had is given to others. */
  putBack(id: string): void {
    const known = this.jobs.get(id);
    if (known !== undefined) known.isPutBack = true;
  }

  /** Those that have not ended, but for those that were put back into the queue. */
  live(): readonly KnownJob[] {
    return [...this.jobs.values()].filter(({ state, isPutBack }) => state !== 'ended' && isPutBack !== true);
  }

  /** Whether there may be some that wait for a machine, also of those that had one before. */
  mayWait(): boolean {
    return [...this.jobs.values()].some(({ isQueued }) => isQueued === true);
  }

  /** Those that have ended since this was last called. */
  newlyEnded(): readonly KnownJob[] {
    const ended = [...this.jobs.values()].filter(({ state, isCounted }) => state === 'ended' && !isCounted);
    for (const job of ended) job.isCounted = true;
    return ended;
  }
}
