import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { leavesOf, mapTree } from '../../base/files/tree.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
import {
  type Answer,
  namesInOrder,
  type PoolRecord,
  poolFiles,
  readExchanged,
  removeFolder,
  requestFiles,
  type SentRequest,
  splitTaken,
} from './exchange.js';
import { MessageReader, passOn } from './messages.js';

/** A request that this run waits for. */
export interface Waiting {
  readonly id: string;
  readonly request: ExecuteRequest;
  readonly listener: ExecutionListener;
  readonly settle: (result: Result<Executed, Failure>) => void;
  readonly reader: MessageReader;
  /** The job that has it. */
  job?: string;
  /** Since when that job is known to be gone, by this process's own clock. */
  goneSince?: number;
}

/** The run's side of a pool of requests. */
export class Pool {
  readonly folder: string;
  readonly record: PoolRecord;
  /** Those that have no answer, by id. */
  readonly waiting = new Map<string, Waiting>();
  private readonly files: ReturnType<typeof poolFiles>;
  private count = 0;

  private constructor(folder: string, record: PoolRecord) {
    this.folder = folder;
    this.record = record;
    this.files = poolFiles(folder);
  }

  /** A new one, whose folder is not there yet. */
  static create(folder: string, record: PoolRecord): Pool {
    const pool = new Pool(folder, record);
    const { requests, taken, answered, ended, logs } = pool.files;
    for (const below of [requests, taken, answered, ended, logs]) mkdirSync(below, { recursive: true });
    writeFileAtomic(pool.files.record, JSON.stringify(record));
    return pool;
  }

  /** One that another run has left; undefined where it is gone. */
  static open(folder: string): Pool | undefined {
    const record = readExchanged<PoolRecord>(poolFiles(folder).record);
    return record === undefined ? undefined : new Pool(folder, record);
  }

  get logFolder(): string {
    return this.files.logs;
  }

  get endedFolder(): string {
    return this.files.ended;
  }

  /** Asks for something. */
  put(request: ExecuteRequest, listener: ExecutionListener, settle: Waiting['settle']): void {
    const id = String(++this.count).padStart(8, '0');
    const files = requestFiles(request.jobFolder);
    removeFolder(request.jobFolder);
    mkdirSync(request.jobFolder);
    const sent: SentRequest = { id, pool: this.folder, request };
    writeFileAtomic(files.request, JSON.stringify(sent), { sync: 'none' });
    this.listen(id, request, listener, settle);
    // Last: from now on a job may take it.
    writeFileAtomic(join(this.files.requests, id), request.jobFolder, { sync: 'none' });
  }

  /** Waits for what another run has asked for. */
  adopt(id: string, request: ExecuteRequest, listener: ExecutionListener, settle: Waiting['settle']): void {
    this.listen(id, request, listener, settle);
  }

  /** What became of a request that another run has put here. */
  stateOf(
    id: string,
  ): { readonly state: 'answered' | 'waiting' | 'lost' } | { readonly state: 'taken'; readonly job: string } {
    if (existsSync(join(this.files.answered, id))) return { state: 'answered' };
    const taken = namesInOrder(this.files.taken)
      .map(splitTaken)
      .find((one) => one.id === id);
    if (taken !== undefined) return { state: 'taken', job: taken.job };
    return { state: existsSync(join(this.files.requests, id)) ? 'waiting' : 'lost' };
  }

  /** Looks at the folders once: passes on what jobs say, and settles what has an answer. */
  look(): void {
    if (this.waiting.size === 0) return;
    for (const { id, job } of namesInOrder(this.files.taken).map(splitTaken)) {
      const one = this.waiting.get(id);
      if (one !== undefined) one.job = job;
    }
    for (const one of this.waiting.values()) if (one.job !== undefined) readOn(one);
    for (const id of namesInOrder(this.files.answered)) {
      const one = this.waiting.get(id);
      const answer = one && readExchanged<Answer>(requestFiles(one.request.jobFolder).answer);
      if (one === undefined || answer === undefined) continue;
      readOn(one);
      this.settle(one, resultOf(answer, one.request));
    }
  }

  /** Those that no job has and none can take: what was asked for is gone. */
  lost(): readonly Waiting[] {
    const open = new Set(namesInOrder(this.files.requests));
    const absent = [...this.waiting.values()].filter(({ id, job }) => job === undefined && !open.has(id));
    if (absent.length > 0) this.look();
    return absent.filter(({ id, job }) => job === undefined && this.waiting.has(id));
  }

  /** The jobs whose command has ended, and with which exit code. */
  ended(): ReadonlyMap<string, number> {
    const codes = namesInOrder(this.files.ended).map((job): [string, number] => {
      const code = readEnded(join(this.files.ended, job));
      return [job, code];
    });
    return new Map(codes);
  }

  /** Gives a request its result, and its folders back to the run. */
  settle(one: Waiting, result: Result<Executed, Failure>): void {
    if (!this.waiting.delete(one.id)) return;
    const taken = namesInOrder(this.files.taken).filter((name) => splitTaken(name).id === one.id);
    for (const name of taken) rmSync(join(this.files.taken, name), { force: true });
    rmSync(join(this.files.requests, one.id), { force: true });
    one.settle(bringHome(one, result));
    rmSync(join(this.files.answered, one.id), { force: true });
  }

  /** Takes a request back that no job has; false where one was quicker. */
  takeBack(one: Waiting): boolean {
    try {
      unlinkSync(join(this.files.requests, one.id));
    } catch {
      return false;
    }
    this.waiting.delete(one.id);
    return true;
  }

  /** Lets any job take what one had that has lost its machine; false where that one has just given its answer. */
  putBack(one: Waiting): boolean {
    const { id, job } = one;
    try {
      renameSync(join(this.files.taken, `${id}.${job}`), join(this.files.requests, id));
    } catch {
      return false;
    }
    delete one.job;
    delete one.goneSince;
    one.listener.placed?.({ state: 'queued' });
    return true;
  }

  /** Nothing more is asked for: jobs that have nothing to do end. */
  close(): void {
    if (existsSync(this.files.record)) writeFileSync(this.files.closed, '');
  }

  /** Takes back all that no job has. */
  empty(): void {
    for (const id of namesInOrder(this.files.requests))
      rmSync(join(this.files.requests, id), { force: true });
  }

  remove(): void {
    removeFolder(this.folder);
  }

  private listen(
    id: string,
    request: ExecuteRequest,
    listener: ExecutionListener,
    settle: Waiting['settle'],
  ): void {
    const { messages, scratch } = requestFiles(request.jobFolder);
    this.waiting.set(id, { id, request, listener, settle, reader: new MessageReader(messages) });
    listener.placed?.({ state: 'queued' });
    // Who looks into the step's folder while it runs finds that of the job.
    replaceEmpty(request.scratchFolder, () => symlinkSync(scratch, request.scratchFolder));
  }
}

/** Passes on what its job has said since. */
function readOn({ reader, listener }: Waiting): void {
  for (const message of reader.read()) passOn(message, listener);
}

function readEnded(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

function resultOf(answer: Answer, { jobFolder, outputsFolder }: ExecuteRequest): Result<Executed, Failure> {
  if (answer.type === 'failed') return failed(answer.failure);
  const { outputs } = requestFiles(jobFolder);
  const moved = Object.entries(answer.executed.outputs).map(([port, tree]) => [
    port,
    mapTree(tree, (file) => ({ ...file, path: join(outputsFolder, file.path.slice(outputs.length + 1)) })),
  ]);
  return success({ ...answer.executed, outputs: Object.fromEntries(moved) });
}

/** Moves what a job wrote to where the request wants it, by one rename each, and its log where that is another. */
function bringHome({ request }: Waiting, result: Result<Executed, Failure>): Result<Executed, Failure> {
  const files = requestFiles(request.jobFolder);
  const sent = readExchanged<SentRequest>(files.request);
  try {
    if (sent !== undefined && sent.request.logFile !== request.logFile && existsSync(sent.request.logFile)) {
      appendFileSync(request.logFile, readFileSync(sent.request.logFile));
    }
    replaceEmpty(request.scratchFolder, () => renameSync(files.scratch, request.scratchFolder));
    if (result.ok)
      replaceEmpty(request.outputsFolder, () => renameSync(files.outputs, request.outputsFolder));
    if (result.ok) checkThere(result.value);
    removeFolder(request.jobFolder);
    return result;
  } catch (error) {
    return failed(failureOfException(error));
  }
}

/** Puts something in the place of an empty folder, or of a link; nothing, where it is not there. */
function replaceEmpty(folder: string, put: () => void): void {
  try {
    unlinkSync(folder);
  } catch {
    try {
      rmdirSync(folder);
    } catch {
      // It is not there, or not empty: then what is put says so.
    }
  }
  try {
    put();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true });
  }
}

/** @throws the system's error where a file of the answer is not there */
function checkThere({ outputs }: Executed): void {
  for (const tree of Object.values(outputs)) {
    for (const { leaf } of leavesOf(tree)) {
      if (!existsSync(leaf.path))
        throw Object.assign(new Error(`${basename(leaf.path)} is missing`), { code: 'EIO', path: leaf.path });
    }
  }
}
