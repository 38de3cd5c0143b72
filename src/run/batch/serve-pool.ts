import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, FailureError } from '../../base/failure.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { failed, type Result } from '../../base/result.js';
import { type GpuDevice, gpuDevices, gpuEnvironment } from '../../engines/gpu-devices.js';
import type { Kind } from '../../kinds/kind.js';
import type { Executed, ExecuteRequest } from '../executor.js';
import { executeRequest } from '../local/execute-request.js';
import { processesOutOfMemory } from '../local/limits.js';
import { machineMemory, machineSlots } from '../local/machine.js';
import { endProgramsOf, redirectOutput } from '../local/surround-body.js';
import { memoryShare } from '../resources.js';
import { runCancelled } from '../run-cancelled.js';
import { StepLog } from '../step-log.js';
import {
  type Answer,
  isStillWanted,
  namesInOrder,
  type PoolRecord,
  poolFiles,
  readExchanged,
  requestFiles,
  type SentRequest,
  splitTaken,
} from './exchange.js';
import { outOfMemoryFailure } from './job-failures.js';
import { openMessages } from './messages.js';
import { differenceOf, ownBuild } from './own-build.js';

/** How long a job waits for more to do: as long as a run takes to find out what follows from a result. */
const idleMilliseconds = 10_000;
const firstPollMilliseconds = 20;
const longestPollMilliseconds = 500;
/** How often a job looks whether anybody still wants what it computes. */
const watchMilliseconds = 5_000;
/** A job leaves a request to others that it may not finish before its own end. */
const marginSeconds = 10;

/** How long a signal may take from one process of a job to the next. */
const signalMilliseconds = 500;
/** How long a body has to end by itself. */
const graceMilliseconds = 1_500;
/** What is to be ended with this process. */
const atEnd = new Set<() => void>();

/**
 * The life of a job: it takes one request of its pool after the other, until there are no more. Returns the exit code.
 */
export async function servePool(
  kinds: { readonly [name: string]: Kind },
  folder: string,
  job: string,
): Promise<number> {
  const files = poolFiles(folder);
  const record = readExchanged<PoolRecord>(files.record);
  if (record === undefined) return 0;
  const startedAt = performance.now();
  const stopping = stopOnTerm();
  const current: { log?: StepLog } = {};
  redirectOutput((text) => current.log?.write(text));
  const idle = openIdleTime();
  const serving = {
    kinds,
    job,
    stopping,
    difference: differenceOf(record.build, ownBuild()),
  };
  for (let served = 0; !stopping.aborted; ) {
    const hasTime = served === 0 || hasTimeFor(record, startedAt);
    const sent = interrupted(folder, job) ?? (hasTime ? take(folder, job) : undefined);
    if (sent === undefined) {
      const isOver = !hasTime || existsSync(files.closed) || !existsSync(files.record);
      if (isOver || idle.isOver()) return 0;
      await idle.wait(stopping);
      continue;
    }
    current.log = new StepLog(sent.request.logFile);
    await serve(sent, { ...serving, log: current.log });
    current.log.close();
    delete current.log;
    markAnswered(sent, files.answered);
    // On another machine it may come out otherwise.
    if (serving.difference !== undefined) return 0;
    served++;
    idle.restart();
  }
  return 143;
}

/** Where a request has no answer, it was ended, and whoever ended it knows. */
function markAnswered(sent: SentRequest, answered: string): void {
  if (existsSync(requestFiles(folderOf(sent)).answer)) writeFileSync(join(answered, sent.id), '');
}

/** Aborted by the signal with which jobs are ended; a body that does not listen is ended a moment later. */
function stopOnTerm(): AbortSignal {
  const stopping = new AbortController();
  process.on('SIGTERM', () => {
    stopping.abort(new FailureError(runCancelled));
    // Slurm would wait for half a minute.
    setTimeout(() => {
      for (const end of atEnd) end();
      process.exit(143);
    }, graceMilliseconds);
  });
  return stopping.signal;
}

/** Waits between looks for something to do, ever longer, and not for ever. */
function openIdleTime() {
  let since = performance.now();
  let poll = firstPollMilliseconds;
  return {
    restart(): void {
      since = performance.now();
      poll = firstPollMilliseconds;
    },
    isOver: () => performance.now() - since > idleMilliseconds,
    async wait(signal: AbortSignal): Promise<void> {
      await sleep(poll, undefined, { signal }).catch(() => undefined);
      poll = Math.min(longestPollMilliseconds, poll * 1.2);
    },
  };
}

function hasTimeFor({ limitSeconds, requestSeconds = 0 }: PoolRecord, startedAt: number): boolean {
  if (limitSeconds === undefined) return true;
  return limitSeconds - (performance.now() - startedAt) / 1000 >= requestSeconds + marginSeconds;
}

/** What this job had when its machine failed, or when it was put back into the queue, under the same id. */
function interrupted(folder: string, job: string): SentRequest | undefined {
  const { taken, answered } = poolFiles(folder);
  const own = namesInOrder(taken).find((name) => {
    const { id, job: by } = splitTaken(name);
    return by === job && !existsSync(join(answered, id));
  });
  return own === undefined ? undefined : sentAt(join(taken, own));
}

/** Takes the first request that no other job takes before. */
function take(folder: string, job: string): SentRequest | undefined {
  const { requests, taken } = poolFiles(folder);
  for (const id of namesInOrder(requests)) {
    const mine = join(taken, `${id}.${job}`);
    try {
      renameSync(join(requests, id), mine);
    } catch {
      // Over a network an answer can be lost, and the question asked again: then it is gone, and here.
      if (!existsSync(mine)) continue;
    }
    const sent = sentAt(mine);
    if (sent !== undefined) return sent;
  }
  return undefined;
}

/** Undefined where the run has taken back what it asked for. */
function sentAt(file: string): SentRequest | undefined {
  try {
    const sent = readExchanged<SentRequest>(requestFiles(readFileSync(file, 'utf8')).request);
    if (sent !== undefined) return sent;
  } catch {
    // As where it says nothing.
  }
  rmSync(file, { force: true });
  return undefined;
}

function folderOf({ request }: SentRequest): string {
  return request.jobFolder;
}

interface Serving {
  readonly kinds: { readonly [name: string]: Kind };
  readonly job: string;
  readonly log: StepLog;
  readonly stopping: AbortSignal;
  /** How this process differs from what was asked for. */
  readonly difference: string | undefined;
}

async function serve(sent: SentRequest, { kinds, job, log, stopping, difference }: Serving): Promise<void> {
  const files = requestFiles(folderOf(sent));
  const messages = openMessages(files.messages);
  messages.send({ type: 'begun', job, host: hostname() });
  log.note(`job ${job} on ${hostname()}`);
  const start = performance.now();
  const endedBefore = processesOutOfMemory();
  let result: Result<Executed, Failure>;
  if (difference !== undefined) {
    result = failed({
      reason: 'worker-mismatch',
      message: `the job that was to run ${sent.request.node} started on ${hostname()} with something else than the run has: ${difference}`,
      hint: 'have the same kshot and the same Node on all machines, best on the file system that they share',
    });
  } else result = await execute(sent, { kinds, job, log, stopping, messages });
  messages.close();
  // Who ends a job signals all its processes, the program perhaps before this one: that is no failure of the program.
  if (!result.ok && !stopping.aborted)
    await sleep(signalMilliseconds, undefined, { signal: stopping }).catch(() => undefined);
  if (stopping.aborted || !isStillWanted(sent, job)) return;
  const failureIn = (failure: Failure) =>
    processesOutOfMemory() > endedBefore ? outOfMemoryFailure(failure, sent.request) : failure;
  const seconds = (performance.now() - start) / 1000;
  const answer: Answer = result.ok
    ? { type: 'finished', executed: { ...result.value, seconds, host: hostname() } }
    : { type: 'failed', failure: failureIn(result.failure) };
  writeFileAtomic(files.answer, JSON.stringify(answer));
}

async function execute(
  sent: SentRequest,
  {
    kinds,
    job,
    log,
    stopping,
    messages,
  }: Omit<Serving, 'difference'> & { readonly messages: ReturnType<typeof openMessages> },
): Promise<Result<Executed, Failure>> {
  const { request: asked } = sent;
  const files = requestFiles(asked.jobFolder);
  const gpus = givenGpus(asked);
  if (gpus === undefined) return failed(gpusMissing(asked));
  const request: ExecuteRequest = {
    ...asked,
    gpus,
    memoryBytes: memoryOf(asked),
    outputsFolder: files.outputs,
    scratchFolder: files.scratch,
  };
  const cancel = new AbortController();
  const stop = () => cancel.abort(stopping.reason);
  stopping.addEventListener('abort', stop, { once: true });
  // Whoever starts the step over, or collects garbage, removes its folder; and this machine may have counted as lost.
  const watch = setInterval(
    () => isStillWanted(sent, job) || cancel.abort(new FailureError(runCancelled)),
    watchMilliseconds,
  );
  const groups = new Set<number>();
  const endPrograms = () => endProgramsOf({ groups, folder: files.scratch });
  atEnd.add(endPrograms);
  try {
    for (const folder of [files.outputs, files.scratch]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
    mkdirSync(dirname(asked.logFile), { recursive: true });
    Object.assign(process.env, gpuEnvironment(gpus));
    return await executeRequest(request, kinds, {
      log,
      cancel,
      listener: {
        progress: (progress) => messages.send({ type: 'progress', progress }),
        log: (line) => messages.send({ type: 'log', line }),
        note: (line) => messages.send({ type: 'note', line }),
      },
      ownProcessGroup: (processId) => void groups.add(processId),
    });
  } catch (error) {
    return failed({ reason: 'step-failed', message: `the step could not be begun: ${String(error)}` });
  } finally {
    clearInterval(watch);
    stopping.removeEventListener('abort', stop);
    atEnd.delete(endPrograms);
    endPrograms();
  }
}

/** The devices of the job, as many as were asked for; undefined where it was given fewer. */
function givenGpus({ job }: ExecuteRequest): readonly GpuDevice[] | undefined {
  const count = job?.gpus ?? 0;
  if (count === 0) return [];
  const { CUDA_VISIBLE_DEVICES: visible, ...others } = process.env;
  const given = visible === undefined ? gpuDevices(others) : gpuDevices({ ...others, KSHOT_GPUS: visible });
  return given.length < count ? undefined : given.slice(0, count);
}

function gpusMissing({ node, job }: ExecuteRequest): Failure {
  return {
    reason: 'device-unavailable',
    message: `${node} wants ${job?.gpus} GPUs, and its job was given fewer: CUDA_VISIBLE_DEVICES is ${process.env['CUDA_VISIBLE_DEVICES'] ?? 'not set'}`,
    hint: 'see whether `sbatch --gres=gpu:1` gives one here, and what else `slurm:` must say for it',
  };
}

/** What was asked for, or else a part of what the job has. */
function memoryOf({ job, memoryBytes, threads }: ExecuteRequest): number {
  if (job?.memoryBytes !== undefined) return memoryBytes;
  const machine = { slots: Math.max(threads, machineSlots()), memoryBytes: machineMemory() };
  return memoryShare({ slots: threads, gpus: 0, memoryBytes: 0 }, machine);
}
