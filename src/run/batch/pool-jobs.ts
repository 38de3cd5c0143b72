import { setTimeout as sleep } from 'node:timers/promises';
import { failureOfException } from '../../base/failure-of-exception.js';
import { failed } from '../../base/result.js';
import { runCancelled } from '../run-cancelled.js';
import type { BatchSystem, JobEnding, NotEnded } from './batch-system.js';
import { type BrokenJob, brokenJobFailure, fruitlessJobsFailure } from './job-failures.js';
import { Jobs, type KnownJob } from './jobs.js';
import type { Pool, Waiting } from './pool.js';
import type { Queue } from './queue.js';
import { type JobsToSubmit, Submitter } from './submitter.js';

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

/** So many jobs that end without having taken anything, and no more are submitted. */
const mostFruitless = 3;
const firstRetryMilliseconds = 1_000;
const longestRetryMilliseconds = 60_000;

/** A pool of requests, and the jobs that take them: submits as many as there is work for, and sees to it that none is lost. */
export class PoolJobs {
  readonly pool: Pool;
  /** Of a pool that cannot get more jobs: told of a request that none is left for. */
  onDeserted: (one: Waiting) => void = () => undefined;
  private readonly system: BatchSystem;
  private readonly queue: Queue;
  private readonly times: PoolTimes;
  /** Absent of a pool of another run. */
  private readonly submitter: Submitter | undefined;
  private readonly jobs = new Jobs();
  /** Those that have had a request. */
  private readonly fruitful = new Set<string>();
  private loop: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private isOver = false;
  private askAt = 0;
  private fruitless: KnownJob[] = [];
  private lastNote = '';

  constructor(queue: Queue, pool: Pool, times: PoolTimes, toSubmit?: JobsToSubmit) {
    this.queue = queue;
    this.system = queue.system;
    this.pool = pool;
    this.times = times;
    this.submitter =
      toSubmit &&
      new Submitter(this.system, pool, this.jobs, toSubmit, {
        note: (text) => this.note(text),
        ask: (within) => this.askWithin(within),
      });
    queue.watch(pool.record.name);
  }

  /** There is something to wait for. */
  changed(): void {
    if (this.isOver) return;
    this.submitter?.gather(this.times.gatherMilliseconds);
    this.loop ??= this.run()
      .catch((error: unknown) => this.failAll(error))
      .finally(() => {
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
    for (let wait = firstRetryMilliseconds; listed === undefined && !this.isOver; wait *= 1.5) {
      await sleep(Math.min(wait, longestRetryMilliseconds));
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
    if (this.submitter !== undefined && this.mayHaveJobs()) {
      const { name } = this.pool.record;
      await this.system.cancel([name], 'pending');
      if (!(await this.jobsGone())) await this.system.cancel([name], 'all');
    }
    this.pool.remove();
  }

  private mayHaveJobs(): boolean {
    this.jobs.left(this.pool.ended());
    return this.submitter?.isBusy === true || this.jobs.live().length > 0 || this.jobs.mayWait();
  }

  /** Waits until no job is left, by what they leave and by what the queue says; false where some are after a while. */
  private async jobsGone(): Promise<boolean> {
    const end = performance.now() + this.times.endMilliseconds;
    for (let wait = 50; performance.now() < end; wait = Math.min(1_000, wait * 1.5)) {
      while (this.submitter?.isBusy === true) await sleep(20);
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
      this.submitter?.submit(this.times.askMilliseconds).catch((error: unknown) => this.failAll(error));
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
    await this.countFruitless();
    if (this.submitter === undefined && listed !== undefined && this.jobs.live().length === 0) this.desert();
  }

  private askWithin(milliseconds: number): void {
    this.askAt = Math.min(this.askAt, performance.now() + milliseconds);
  }

  /** Settles what a job had that is gone, or gives it to others. */
  private async findBroken(isAnswered: boolean): Promise<void> {
    for (const one of [...this.pool.waiting.values()]) {
      const { job } = one;
      if (job === undefined) continue;
      const known = this.jobs.get(job);
      // One that the queue forgot before this run first asked; and one that waits in the queue, although it had begun.
      const isGone = known === undefined ? isAnswered : known.state === 'ended' || known.state === 'pending';
      if (!isGone) {
        delete one.goneSince;
        continue;
      }
      if (!this.isLate(one)) {
        this.askWithin(this.times.answerMilliseconds / 4);
        continue;
      }
      const now = await this.system.endingOf(job);
      this.pool.look();
      if (this.pool.waiting.has(one.id)) this.decide(one, job, now);
    }
  }

  /** What becomes of a request whose job seems to be gone, by what the queue says of that job. */
  private decide(one: Waiting, job: string, now: JobEnding | NotEnded | undefined): void {
    const known = this.jobs.get(job);
    if (now?.how === 'pending' || now?.how === 'preempted') {
      // As often as it comes: whose jobs go first is no fault of the step.
      if (!this.pool.putBack(one)) return;
      this.jobs.putBack(job);
      const how = now.how === 'preempted' ? 'had to make room for another' : 'was put back into the queue';
      one.listener.note(`job ${job} of ${this.system.name} ${how}; another goes on with ${one.request.node}`);
      return;
    }
    // Its command has ended, and the queue is still ending the rest: how it calls that is not known yet.
    if (now?.how === 'running' && this.waitedFor(one) < this.times.answerMilliseconds) {
      this.askWithin(this.times.answerMilliseconds / 4);
      return;
    }
    if (known?.state === 'pending') {
      delete one.goneSince;
      return;
    }
    const ending = now !== undefined && 'state' in now ? now : undefined;
    this.pool.settle(one, failed(this.failureOf(one, job, endingOf(ending, known?.ending))));
  }

  private waitedFor(one: Waiting): number {
    one.goneSince ??= performance.now();
    return performance.now() - one.goneSince;
  }

  /** Whether what a job may have written has been waited for long enough. */
  private isLate(one: Waiting): boolean {
    const { ending, state } = (one.job === undefined ? undefined : this.jobs.get(one.job)) ?? {};
    // Where its command failed, or did not come to its end, there is hardly an answer.
    const isUnlikely = state === 'pending' || (ending?.exitCode ?? 0) !== 0;
    return this.waitedFor(one) >= this.times.answerMilliseconds * (isUnlikely ? 0.1 : 1);
  }

  /** What should never come, and must not be lost with all that runs. */
  private failAll(error: unknown): void {
    for (const one of [...this.pool.waiting.values()])
      this.pool.settle(one, failed(failureOfException(error)));
  }

  private failureOf(one: Waiting, job: string, ending: JobEnding | undefined) {
    return brokenJobFailure(this.brokenJob(one, job, ending));
  }

  private brokenJob({ request }: Waiting, job: string, ending: JobEnding | undefined): BrokenJob {
    return { job, request, ending, logFolder: this.pool.logFolder, system: this.system.name };
  }

  /** Jobs that end without having taken anything although there was something to take. */
  private async countFruitless(): Promise<void> {
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
      if (this.fruitless.length >= mostFruitless) await this.giveUp(job);
    }
  }

  /** Settles what no job has taken, as all that were started for it have ended. */
  private async giveUp(last: KnownJob): Promise<void> {
    const asked = await this.system.endingOf(last.id);
    const ending = endingOf(asked !== undefined && 'state' in asked ? asked : undefined, last.ending);
    for (const one of [...this.pool.waiting.values()]) {
      if (one.job !== undefined) continue;
      // What a job has is too little even to begin.
      const isTooLittle = ending?.how === 'out-of-memory' || ending?.how === 'timeout';
      const broken = this.brokenJob(one, last.id, ending);
      const failure = isTooLittle
        ? brokenJobFailure(broken)
        : fruitlessJobsFailure(broken, this.fruitless.length);
      this.pool.settle(one, failed(failure));
    }
  }

  /** Gives back what no job will take. */
  private desert(): void {
    for (const one of [...this.pool.waiting.values()]) {
      if (one.job === undefined && this.pool.takeBack(one)) this.onDeserted(one);
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
