import { dirname } from 'node:path';
import { type Failure, FailureError } from '../../base/failure.js';
import { environmentFailure } from '../../base/failure-of-exception.js';
import { missingPackageFailure } from '../../base/missing-package.js';
import { failed, type Result, success } from '../../base/result.js';
import { isExhaustion, systemErrorOf } from '../../base/system-error.js';
import type { Kind } from '../../kinds/kind.js';
import type { Progress } from '../../kinds/kind-body.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
import { mergedFigures } from '../figures.js';
import { lastLinesOf, type StepLog } from '../step-log.js';
import { executeNode } from './execute-node.js';

const progressEveryMilliseconds = 200;
/** Lines a second that are passed on as events; the log file has all of them. */
const logLinesPerSecond = 20;

/** What a body has around it, in whatever process it runs. */
export interface RequestSurroundings {
  /** Its own log, opened and closed by the caller. */
  readonly log: StepLog;
  /** Ends the body; aborted here when its time is up. */
  readonly cancel: AbortController;
  readonly listener: ExecutionListener;
  /** Told of a process group that must not outlive the body. */
  readonly ownProcessGroup: (processId: number) => void;
}

/** Runs the body that a request names, in this process. Never rejects: what it throws is a failure that can be sent. */
export async function executeRequest(
  request: ExecuteRequest,
  kinds: { readonly [name: string]: Kind },
  { log, cancel, listener, ownProcessGroup }: RequestSurroundings,
): Promise<Result<Executed, Failure>> {
  const timer = startTimeout(request, cancel);
  const named = (text: string) => withElementNodes(text, request.elementNodes);
  const mayLog = limited(logLinesPerSecond);
  const progress = throttled(progressEveryMilliseconds, withFiguresOf, (latest: Progress) =>
    listener.progress(latest),
  );
  try {
    const kind = kinds[request.kind];
    if (kind === undefined) {
      throw new FailureError({ reason: 'bug', message: `no kind is called ${request.kind}` });
    }
    const executed = await executeNode(request, kind, {
      signal: cancel.signal,
      progress: progress.give,
      log(line) {
        log.print([line]);
        if (mayLog()) listener.log(line);
      },
      printed(ended, open) {
        log.print(ended, open);
        for (const line of ended) {
          if (!mayLog()) break;
          listener.log(line);
        }
      },
      note(text) {
        const line = named(text);
        log.print([line]);
        if (mayLog()) listener.note(line);
      },
      ownProcessGroup,
    });
    return success(executed);
  } catch (error) {
    const plain = failureOf(error, dirname(request.outputsFolder));
    const failure: Failure = {
      ...plain,
      message: named(plain.message),
      ...(plain.details === undefined ? {} : { details: plain.details.map(named) }),
    };
    noteDetails(log, failure.details ?? []);
    return failed(failure);
  } finally {
    progress.flush();
    clearTimeout(timer);
  }
}

/** Notes what the log does not end with already: of a process that ended the details are the last lines it printed. */
function noteDetails(log: StepLog, details: readonly string[]): void {
  if (details.length === 0) return;
  const text = details.join('\n');
  const lines = text.split('\n');
  if (lastLinesOf(log.file, lines.length).join('\n') !== text) log.note(text);
}

/** A body knows what it takes by its place in a list, `rows[2]`; who reads of it wants the node, `rows[2] (tune@200)`. */
function withElementNodes(text: string, nodes: ExecuteRequest['elementNodes']): string {
  return text.replaceAll(/\b([\w-]+)\[(\d+)\]/g, (place, port: string, index: string) => {
    const node = Object.hasOwn(nodes, port) ? nodes[port]?.[Number(index)] : undefined;
    return node === undefined || node === '' ? place : `${place} (${node})`;
  });
}

function startTimeout(
  { timeoutSeconds }: ExecuteRequest,
  cancel: AbortController,
): NodeJS.Timeout | undefined {
  if (timeoutSeconds === undefined) return undefined;
  const failure: Failure = {
    reason: 'step-timeout',
    message: `the step was ended after ${timeoutSeconds} s`,
    hint: 'raise `time` under the `resources` of the step',
  };
  // A longer delay would overflow and fire at once.
  return setTimeout(
    () => cancel.abort(new FailureError(failure)),
    Math.min(timeoutSeconds * 1000, 2 ** 31 - 1),
  );
}

/** The later report, with the figures that only the earlier one has. */
function withFiguresOf(earlier: Progress, later: Progress): Progress {
  if (earlier.values === undefined) return later;
  return { ...later, values: mergedFigures(earlier.values, later.values) };
}

/**
 * Passes on the first value and then, a while after the one before, what came since, put together; `flush` does so at
 * once.
 */
function throttled<Value>(
  everyMilliseconds: number,
  together: (earlier: Value, later: Value) => Value,
  pass: (value: Value) => void,
): { readonly give: (value: Value) => void; readonly flush: () => void } {
  let last = Number.NEGATIVE_INFINITY;
  let waiting: { readonly value: Value } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === undefined) return;
    const { value } = waiting;
    waiting = undefined;
    last = performance.now();
    pass(value);
  };
  return {
    give(value) {
      waiting = { value: waiting === undefined ? value : together(waiting.value, value) };
      const left = last + everyMilliseconds - performance.now();
      if (left <= 0) flush();
      else timer ??= setTimeout(flush, left);
    },
    flush,
  };
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
