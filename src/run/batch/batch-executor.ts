import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../base/canonical-json.js';
import type { Failure } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { builtFile } from '../../base/files/built-file.js';
import { failed, type Result } from '../../base/result.js';
import type {
  Capacity,
  Executed,
  ExecuteRequest,
  ExecutionListener,
  Executor,
  JobDemand,
  Reservation,
} from '../executor.js';
import { runCancelled } from '../run-cancelled.js';
import type { BatchSystem } from './batch-system.js';
import { readExchanged, removeFolder, requestFiles, type SentRequest } from './exchange.js';
import { ownBuild } from './own-build.js';
import { Pool, type Waiting } from './pool.js';
import { PoolJobs, type PoolTimes } from './pool-jobs.js';
import { Queue } from './queue.js';

export interface BatchExecutorOptions {
  /** Names the jobs: the run's tag. */
  readonly name: string;
  /** A folder that all machines see, absolute; made when it is needed. */
  readonly folder: string;
  /** The project's root, where jobs start. */
  readonly root: string;
  /** How many jobs of one sort may be in the queue at once. */
  readonly mostJobs?: number;
  /** What jobs start with; default the built one. Tests give their own kinds this way. */
  readonly jobModule?: URL;
  readonly times?: Partial<PoolTimes>;
}

const defaultJobs = 100;
const unlimited: Capacity = {
  slots: Number.POSITIVE_INFINITY,
  cpus: Number.POSITIVE_INFINITY,
  gpus: Number.POSITIVE_INFINITY,
  memoryBytes: Number.POSITIVE_INFINITY,
};
const times: PoolTimes = {
  lookMilliseconds: 50,
  longestLookMilliseconds: 1_000,
  askMilliseconds: 5_000,
  gatherMilliseconds: 100,
  answerMilliseconds: 20_000,
  endMilliseconds: 15_000,
};

/**
 * Executes nodes in jobs of a batch system, whose machines see the same files. Nodes that ask for the same are in one
 * pool, from which each of its jobs takes one after another; there are as many jobs as there are nodes, up to a limit.
 * What a job answers counts, and not what the queue says of it.
 */
export class BatchExecutor implements Executor {
  readonly capacity = unlimited;
  private readonly system: BatchSystem;
  private readonly queue: Queue;
  private readonly options: BatchExecutorOptions;
  private readonly times: PoolTimes;
  /** By what their requests ask for. */
  private readonly own = new Map<string, PoolJobs>();
  /** Of runs that have ended and whose jobs have not, by folder. */
  private readonly adopted = new Map<string, PoolJobs>();
  private closed = false;

  constructor(system: BatchSystem, options: BatchExecutorOptions) {
    this.system = system;
    this.options = options;
    this.times = { ...times, ...options.times };
    this.queue = new Queue(system, this.times.askMilliseconds / 2);
  }

  /** Which devices a job gets, the batch system knows. */
  reserve(): Reservation {
    return { type: 'reserved', gpus: [], release() {} };
  }

  async execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>> {
    try {
      if (this.closed) return failed(runCancelled);
      const adopted = await this.adopt(request, listener);
      if (adopted !== undefined) return await adopted.result;
      if (this.closed) return failed(runCancelled);
      const result = await new Promise<Result<Executed, Failure>>((settle) => {
        const pool = this.poolFor(request.job ?? noDemand);
        pool.pool.put(request, listener, settle);
        pool.changed();
      });
      return result;
    } catch (error) {
      return failed(failureOfException(error));
    }
  }

  async isJobGone(jobFolder: string): Promise<boolean> {
    const left = readExchanged<SentRequest>(requestFiles(jobFolder).request);
    const pool = left && Pool.open(left.pool);
    if (left === undefined || pool === undefined) return true;
    const found = pool.stateOf(left.id);
    if (found.state === 'answered' || found.state === 'lost') return true;
    this.queue.watch(pool.record.name);
    const listed = await this.queue.ask(pool.record.name);
    // No answer is not death.
    if (listed === undefined) return false;
    const live = [...listed].filter(([, { state }]) => state !== 'ended').map(([id]) => id);
    return found.state === 'taken' ? !live.includes(found.job) : live.length === 0;
  }

  async yieldDevices(): Promise<void> {}

  async cancel(): Promise<void> {
    this.closed = true;
    await Promise.all(this.pools().map((pool) => pool.cancel()));
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.pools().map((pool) => pool.close()));
    if (this.own.size > 0) removeFolder(this.options.folder);
  }

  private pools(): readonly PoolJobs[] {
    return [...this.own.values(), ...this.adopted.values()];
  }

  private poolFor(demand: JobDemand): PoolJobs {
    const key = canonicalJson(JSON.parse(JSON.stringify(demand)));
    const known = this.own.get(key);
    if (known !== undefined) return known;
    const {
      name,
      folder,
      root,
      mostJobs = defaultJobs,
      jobModule = builtFile('run/batch/job.js'),
    } = this.options;
    const { timeSeconds, options } = demand;
    const place = join(folder, String(this.own.size + 1));
    const limitSeconds =
      options.timeSeconds ?? (timeSeconds === undefined ? undefined : timeSeconds + graceSeconds);
    const pool = Pool.create(place, {
      // The end tells runs of one tag apart that are in different projects.
      name: `kshot-${name}-${randomSuffix()}`,
      build: ownBuild(),
      ...(limitSeconds === undefined ? {} : { limitSeconds }),
      ...(timeSeconds === undefined ? {} : { requestSeconds: timeSeconds }),
    });
    const command = [process.execPath, fileURLToPath(jobModule), place];
    const jobs = new PoolJobs(this.queue, pool, this.times, { demand, root, command, mostJobs });
    this.own.set(key, jobs);
    return jobs;
  }

  /**
   * Goes on waiting for what a run before this one had asked for, and a job has or may still take; undefined where there
   * is no such thing.
   */
  private async adopt(
    request: ExecuteRequest,
    listener: ExecutionListener,
  ): Promise<{ readonly result: Promise<Result<Executed, Failure>> } | undefined> {
    const left = readExchanged<SentRequest>(requestFiles(request.jobFolder).request);
    const pool = left && this.openLeft(left.pool);
    if (left === undefined || pool === undefined) return undefined;
    const found = await pool.find(left.id);
    if (found === 'gone') return undefined;
    listener.note(
      `takes over what an earlier run has asked ${this.system.name} for, in jobs called ${pool.pool.record.name}`,
    );
    const result = new Promise<Result<Executed, Failure>>((settle) => {
      pool.pool.adopt(left.id, request, listener, settle);
      pool.changed();
    });
    return { result };
  }

  private openLeft(folder: string): PoolJobs | undefined {
    const known = this.adopted.get(folder);
    if (known !== undefined) return known;
    const pool = Pool.open(folder);
    if (pool === undefined) return undefined;
    const jobs = new PoolJobs(this.queue, pool, this.times);
    jobs.onDeserted = (one: Waiting) => this.putAnew(one);
    this.adopted.set(folder, jobs);
    return jobs;
  }

  /** No job is left that could take it. */
  private putAnew({ request, listener, settle }: Waiting): void {
    const pool = this.poolFor(request.job ?? noDemand);
    pool.pool.put(request, listener, settle);
    pool.changed();
  }
}

/** What a step's own time needs to end it in order, before the batch system does so. */
const graceSeconds = 60;
const noDemand: JobDemand = { cpus: 1, gpus: 0, options: {} };

function randomSuffix(): string {
  return Math.random().toString(16).slice(2, 8).padEnd(6, '0');
}
