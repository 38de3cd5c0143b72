import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Failure, FailureError } from '../../base/failure.js';
import { environmentFailure } from '../../base/failure-of-exception.js';
import { killProcessGroup } from '../../base/process-group.js';
import { killProcessesOf } from '../../base/step-processes.js';
import { isExhaustion, systemErrorOf } from '../../base/system-error.js';
import type { Kind } from '../../kinds/kind.js';
import type { ExecuteRequest } from '../executor.js';
import { StepLog } from '../step-log.js';
import { missingPackageFailure } from '../../base/missing-package.js';
import { executeNode } from './execute-node.js';
import type { WatchedProgram } from './watchdog.js';
import type { WorkerMessage, WorkerRequest } from './worker-messages.js';

const progressEveryMilliseconds = 200;
/** Lines a second that are passed on as events; the log file has all of them. */
const logLinesPerSecond = 20;

interface Work {
  readonly log: StepLog;
  readonly cancel: AbortController;
  readonly groups: Set<number>;
  /** The mark of the step's programs. */
  readonly folder: string;
}

/**
 * The life of a worker process: one request after the other, until its parent is gone. `process.argv[2]` is the
 * parent's process id.
 */
export function serveRequests(kinds: { readonly [name: string]: Kind }): void {
  const watchdog = new Worker(new URL('./watchdog.js', import.meta.url), {
    workerData: { parentProcessId: Number(process.argv[2]) },
  });
  let work: Work | undefined;
  const end = (): void => {
    for (const group of work?.groups ?? []) killProcessGroup(group, 'SIGKILL');
    if (work !== undefined && work.groups.size > 0) killProcessesOf(work.folder);
    process.kill(process.pid, 'SIGKILL');
  };
  const send = (message: WorkerMessage): void => {
    // An error of sending means that the parent is gone: `end` and the watchdog see to that. Unheard, it would end this
    // process before them, and leave alive what it had started.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  redirectOutput((text) => work?.log.write(text));
  process.on('disconnect', end);
  process.on('message', (request: WorkerRequest) => {
    if (request.type === 'cancel') {
      work?.cancel.abort(new FailureError({ reason: 'step-failed', message: 'the run was cancelled' }));
    } else {
      void serve(request);
    }
  });

  async function serve(request: ExecuteRequest): Promise<void> {
    const current: Work = {
      log: new StepLog(request.logFile),
      cancel: new AbortController(),
      groups: new Set(),
      folder: request.scratchFolder,
    };
    work = current;
    const timer = startTimeout(request, current.cancel);
    const mayLog = limited(logLinesPerSecond);
    let lastProgress = Number.NEGATIVE_INFINITY;
    let answer: WorkerMessage;
    try {
      const kind = kinds[request.kind];
      if (kind === undefined) {
        throw new FailureError({ reason: 'bug', message: `no kind is called ${request.kind}` });
      }
      const executed = await executeNode(request, kind, {
        signal: current.cancel.signal,
        progress(progress) {
          const now = performance.now();
          if (progress.done < progress.total && now - lastProgress < progressEveryMilliseconds) return;
          lastProgress = now;
          send({ type: 'progress', progress });
        },
        log(line) {
          current.log.write(`${line}\n`);
          if (mayLog()) send({ type: 'log', line });
        },
        note(line) {
          current.log.write(`${line}\n`);
          if (mayLog()) send({ type: 'note', line });
        },
        ownProcessGroup(processId) {
          current.groups.add(processId);
          watchdog.postMessage({ group: processId, folder: current.folder } satisfies WatchedProgram);
          send({ type: 'process-group', processId });
        },
      });
      answer = { type: 'finished', ...executed };
    } catch (error) {
      const failure = failureOf(error, dirname(request.outputsFolder));
      if (failure.details !== undefined) current.log.note(failure.details.join('\n'));
      answer = { type: 'failed', failure };
    }
    clearTimeout(timer);
    if (current.groups.size > 0) watchdog.postMessage('clear');
    current.log.close();
    work = undefined;
    send(answer);
  }
}

function startTimeout(
  { timeoutSeconds }: ExecuteRequest,
  cancel: AbortController,
): NodeJS.Timeout | undefined {
  if (timeoutSeconds === undefined) return undefined;
  const failure: Failure = {
    reason: 'step-timeout',
    message: `the step was ended after ${timeoutSeconds} s`,
    hint: 'raise timeout_seconds',
  };
  // A longer delay would overflow and fire at once.
  return setTimeout(
    () => cancel.abort(new FailureError(failure)),
    Math.min(timeoutSeconds * 1000, 2 ** 31 - 1),
  );
}

/** What a body prints belongs to the log of its step; what is printed between steps, to nobody. */
function redirectOutput(write: (text: string | Uint8Array) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (
      text: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      done?: (error?: Error | null) => void,
    ): boolean => {
      write(text);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback !== undefined) queueMicrotask(callback);
      return true;
    };
  }
}

/** True at most `perSecond` times in each second. */
function limited(perSecond: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      second = now;
      count = 0;
    }
    return count++ < perSecond;
  };
}

/** A thrown value as a failure that can cross to another process: the cause as text. */
function failureOf(error: unknown, workspace: string): Failure {
  const failure =
    error instanceof FailureError
      ? error.failure
      : (surroundingsFailure(error, workspace) ?? missingPackageFailure(error));
  if (failure !== undefined) {
    const { cause, ...rest } = failure;
    const causes = messagesOf(cause).filter((message) => !rest.message.includes(message));
    if (causes.length === 0) return rest;
    return { ...rest, details: [...(rest.details ?? []), ...causes.map((message) => `cause: ${message}`)] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'step-failed', message, details: textOf(error).split('\n').slice(1) };
}

/**
 * Of a disk or a system that is full or failing, and of a folder of the step's that cannot be written; any other
 * system error is of a file that the body itself chose.
 */
function surroundingsFailure(error: unknown, workspace: string): Failure | undefined {
  const system = systemErrorOf(error);
  if (system === undefined) return undefined;
  const isOurs = system.file?.startsWith(workspace) === true && system.code !== 'ENOENT';
  return isExhaustion(system) || isOurs ? environmentFailure(error) : undefined;
}

/** What an error says and what those say that led to it; where they came up in the code is for bugs only. */
function messagesOf(error: unknown): readonly string[] {
  if (error === undefined) return [];
  if (!(error instanceof Error)) return [String(error)];
  return [error.message, ...messagesOf(error.cause)];
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncause: ${textOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
