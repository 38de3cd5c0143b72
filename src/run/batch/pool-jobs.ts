import { setTimeout as sleep } from 'node:timers/promises';
import { failed } from '../../base/result.js';
import type { JobDemand } from '../executor.js';
import { runCancelled } from '../run-cancelled.js';
import type { BatchSystem, JobEnding } from './batch-system.js';
import { brokenJobFailure, fruitlessJobsFailure } from './job-failures.js';
import { Jobs, type KnownJob } from './jobs.js';
import type { Pool, Waiting } from './pool.js';
import type { Queue } from './queue.js';

/** How often something is looked at, and how long it is waited for. */
export interface PoolTimes {
  /** Between two looks into the folders of a pool: after a change, and at most. */
  readonly lookMilliseconds: number;
  readonly longestLookMilliseconds: number;
  /** Between two questions to the queue. */
  readonly askMilliseconds: number;
  /** For how long nodes are gathered that become ready together. */
  readonly gatherMilliseconds: number;
  /** How long an answer may be late that a job has written before it ended. */
  readonly answerMilliseconds: number;
  /** How long jobs have to end once they are cancelled. */
  readonly endMilliseconds: number;
}

/** How jobs of a pool are submitted. */
export interface JobsToSubmit {
  readonly demand: JobDemand;
  readonly root: string;
  readonly command: readonly string[];
  readonly mostJobs: number;
}

/** So many jobs that end without having taken anything, and no more are submitted. */
const mostFruitless = 3;
const firstBackoffMilliseconds = 1_000;
const longestBackoffMilliseconds = 60_000;

/** A pool of requests, and the jobs that take them: submits as many as there is work for, and sees to it that none is lost. */
export class PoolJobs {
  readonly pool: Pool;
  /** Of a pool that cannot get more jobs: told of a request that none is left for. */
  onDeserted: (one: Waiting) => void = () => undefined;
  private readonly system: BatchSystem;
  private readonly queue: Queue;
  private readonly times: PoolTimes;
  /** Absent of a pool of another run. */
  private readonly toSubmit: JobsToSubmit | undefined;
  private readonly jobs = new Jobs();
  /** Those that have had a request. */
  private readonly fruitful = new Set<string>();
  private loop: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private isOver = false;
  private isSubmitting = false;
  private submitAt = 0;
  private askAt = 0;
  private fruitless: KnownJob[] = [];
  private backoff = firstBackoffMilliseconds;
  private atOnce = Number.POSITIVE_INFINITY;
  private lastNote = '';

  constructor(queue: Queue, pool: Pool, times: PoolTimes, toSubmit?: JobsToSubmit) {
    this.queue = queue;
    this.system = queue.system;
    this.pool = pool;
    this.times = times;
    this.toSubmit = toSubmit;
    queue.watch(pool.record.name);
  }

  /** There is something to wait for. */
  changed(): void {
    if (this.isOver) return;
    this.submitAt = Math.max(this.submitAt, performance.now() + this.times.gatherMilliseconds);
    this.loop ??= this.run().finally(() => {
      this.loop = undefined;
    });
    this.wake?.();
  }

  /** Of a request of another run: whether there is an answer, or a job that may yet give one. */
  async find(id: string): Promise<'there' | 'gone'> {
    const found = this.pool.stateOf(id);
    if (found.state === 'answered') return 'there';
    if (found.state === 'lost') return 'gone';
    let listed = await this.system.ask([this.pool.record.name]);
    // No answer is not death.
    for (let wait = firstBackoffMilliseconds; listed === undefined && !this.isOver; wait *= 1.5) {
      await sleep(Math.min(wait, longestBackoffMilliseconds));
      listed = await this.system.ask([this.pool.record.name]);
    }
    if (listed === undefined) return 'gone';
    this.jobs.seen(listed);
    this.askAt = performance.now() + this.times.askMilliseconds;
    // It may have been answered while the queue was asked.
    if (this.pool.stateOf(id).state === 'answered') return 'there';
    const live = this.jobs.live().map((job) => job.id);
    const isAlive = found.state === 'taken' ? live.includes(found.job) : live.length > 0;
    return isAlive ? 'there' : 'gone';
  }

  /** Ends all jobs, and waits for that; what they were to do has come to nothing. */
  async cancel(): Promise<void> {
    this.isOver = true;
    this.pool.empty();
    this.pool.close();
    this.wake?.();
    const { name } = this.pool.record;
    if (this.mayHaveJobs()) {
      await this.system.cancel([name], 'all');
      await this.jobsGone();
    }
    for (const one of [...this.pool.waiting.values()]) this.pool.settle(one, failed(runCancelled));
    await this.loop;
  }

  /** Jobs that have nothing to do any more end by themselves; those that have not started are taken back. */
  async close(): Promise<void> {
    if (this.pool.waiting.size > 0) await this.cancel();
    this.isOver = true;
    this.wake?.();
    await this.loop;
    this.pool.close();
    if (this.toSubmit !== undefined && this.mayHaveJobs()) {
      const { name } = this.pool.record;
      await this.system.cancel([name], 'pending');
      if (!(await this.jobsGone())) await this.system.cancel([name], 'all');
    }
    this.pool.remove();
  }

  private mayHaveJobs(): boolean {
    this.jobs.left(this.pool.ended());
    return this.isSubmitting || this.jobs.live().length > 0;
  }

  /** Waits until no job is left, by what they leave and by what the queue says; false where some are after a while. */
  private async jobsGone(): Promise<boolean> {
    const end = performance.now() + this.times.endMilliseconds;
    for (let wait = 50; performance.now() < end; wait = Math.min(1_000, wait * 1.5)) {
      while (this.isSubmitting) await sleep(20);
      this.jobs.left(this.pool.ended());
      const live = this.jobs.live();
      if (live.length === 0) return true;
      // Those that had not started leave nothing.
      const listed = await this.system.ask([this.pool.record.name]);
      if (listed !== undefined) this.jobs.seen(listed);
      if (this.jobs.live().length === 0) return true;
      await sleep(wait);
    }
    return false;
  }

  private async run(): Promise<void> {
    let wait = this.times.lookMilliseconds;
    while (!this.isOver && this.pool.waiting.size > 0) {
      const before = this.pool.waiting.size;
      const isNew = this.look();
      if (performance.now() >= this.askAt) await this.ask();
      void this.submit();
      const isActive = isNew || this.pool.waiting.size < before;
      // Of hundreds of nodes, looking into the folders of all takes its time.
      const least = Math.max(this.times.lookMilliseconds, this.pool.waiting.size * 2);
      wait = isActive ? least : Math.min(Math.max(least, this.times.longestLookMilliseconds), wait * 1.3);
      await this.pause(wait);
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** True where a job has taken something. */
  private look(): boolean {
    const before = this.fruitful.size;
    this.pool.look();
    for (const { job } of this.pool.waiting.values()) if (job !== undefined) this.fruitful.add(job);
    if (this.fruitful.size > before) this.fruitless = [];
    return this.fruitful.size > before;
  }

  private async ask(): Promise<void> {
    const listed = await this.queue.ask(this.pool.record.name);
    this.askAt = performance.now() + this.times.askMilliseconds;
    this.look();
    if (listed === undefined) this.note(`${this.system.name} does not answer; what runs goes on`);
    else this.jobs.seen(listed);
    this.jobs.left(this.pool.ended());
    await this.findBroken(listed !== undefined);
    for (const one of this.pool.lost()) {
      if (this.isLate(one)) this.pool.settle(one, failed(this.failureOf(one, 'unknown', undefined)));
    }
    this.countFruitless();
    if (this.toSubmit === undefined && listed !== undefined && this.jobs.live().length === 0) this.desert();
  }

  /** Settles what a job had that is gone. */
  private async findBroken(isAnswered: boolean): Promise<void> {
    for (const one of [...this.pool.waiting.values()]) {
      const { job } = one;
      if (job === undefined) continue;
      const known = this.jobs.get(job);
      // One that the queue forgot before this run first asked.
      const isGone = known === undefined ? isAnswered : known.state === 'ended';
      if (!isGone) {
        delete one.goneSince;
        continue;
      }
      if (!this.isLate(one)) {
        this.askAt = Math.min(this.askAt, performance.now() + this.times.answerMilliseconds / 4);
        continue;
      }
      const asked = await this.system.endingOf(job);
      this.pool.look();
      if (!this.pool.waiting.has(one.id)) continue;
      this.pool.settle(one, failed(this.failureOf(one, job, endingOf(asked, known?.ending))));
    }
  }

  /** Whether what a job may have written has been waited for long enough. */
  private isLate(one: Waiting): boolean {
    one.goneSince ??= performance.now();
    const { ending } = (one.job === undefined ? undefined : this.jobs.get(one.job)) ?? {};
    // Where its command failed, there is hardly an answer.
    const part = ending?.exitCode === undefined || ending.exitCode === 0 ? 1 : 0.1;
    return performance.now() - one.goneSince >= this.times.answerMilliseconds * part;
  }

  private failureOf({ request }: Waiting, job: string, ending: JobEnding | undefined) {
    const { logFolder } = this.pool;
    return brokenJobFailure({ job, request, ending, logFolder, system: this.system.name });
  }

  /** Jobs that end without having taken anything although there was something to take. */
  private countFruitless(): void {
    for (const job of this.jobs.newlyEnded()) {
      if (this.fruitful.has(job.id)) continue;
      const open = [...this.pool.waiting.values()].filter((one) => one.job === undefined);
      const last = open.at(-1);
      if (last === undefined || job.ending?.how === 'completed') continue;
      if (job.ending?.how === 'cancelled') {
        // Whoever cancels jobs does not want others in their place.
        this.pool.settle(last, failed(this.failureOf(last, job.id, job.ending)));
        continue;
      }
      this.fruitless.push(job);
      if (this.fruitless.length < mostFruitless) continue;
      const { logFolder } = this.pool;
      for (const one of open) {
        const broken = {
          job: job.id,
          request: one.request,
          ending: job.ending,
          logFolder,
          system: this.system.name,
        };
        this.pool.settle(one, failed(fruitlessJobsFailure(broken, this.fruitless.length)));
      }
    }
  }

  /** Gives back what no job will take. */
  private desert(): void {
    for (const one of [...this.pool.waiting.values()]) {
      if (one.job === undefined && this.pool.takeBack(one)) this.onDeserted(one);
    }
  }

  private async submit(): Promise<void> {
    const { toSubmit } = this;
    if (toSubmit === undefined || this.isSubmitting || this.isOver || performance.now() < this.submitAt)
      return;
    const wanted = Math.min(this.pool.waiting.size, toSubmit.mostJobs) - this.jobs.live().length;
    if (wanted <= 0) return;
    this.isSubmitting = true;
    try {
      const { pool } = this;
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
        this.askAt = Math.min(this.askAt, performance.now() + this.times.askMilliseconds);
        return;
      }
      if (submission.type === 'refused') {
        this.refuse(submission.message);
        return;
      }
      if (submission.isLimit) this.atOnce = Math.max(1, Math.floor(Math.min(wanted, this.atOnce) / 2));
      // A question that was not answered may have been heard: jobs that came of it are found by their name.
      else this.askAt = 0;
      this.note(`${this.system.name} takes no more jobs for now: ${submission.message}`);
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

  /** Says something of all that waits, once: in the log of the first of it. */
  private note(text: string): void {
    if (text === this.lastNote) return;
    this.lastNote = text;
    const [first] = this.pool.waiting.values();
    first?.listener.note(text);
  }
}

/** What the queue says, and of a crash what the shell of the job knows better. */
function endingOf(asked: JobEnding | undefined, known: JobEnding | undefined): JobEnding | undefined {
  if (asked === undefined || asked.how === 'completed') return known ?? asked;
  if (asked.how === 'failed' && known?.exitCode !== undefined)
    return { ...known, how: 'failed', state: asked.state };
  return asked;
}
