import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { formatBytes, formatSeconds } from '../../base/quantities.js';
import type { ExecuteRequest } from '../executor.js';
import { lastLinesOf } from '../step-log.js';
import type { JobEnding } from './batch-system.js';

/** A request that a job had, and how that job ended. */
export interface BrokenJob {
  readonly job: string;
  readonly request: ExecuteRequest;
  /** Undefined where the queue knows nothing of it any more. */
  readonly ending: JobEnding | undefined;
  /** Where jobs print. */
  readonly logFolder: string;
  readonly system: string;
}

/** Signals that a process gets for what it does itself, by their numbers on Linux; any other comes from outside. */
const ownSignals: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 11, 31]);

/** Why a request has no answer, and what to do about it: the job that had it is gone. */
export function brokenJobFailure(broken: BrokenJob): Failure {
  const { job, request, ending, system } = broken;
  const said = ending === undefined ? '' : ` (${ending.state})`;
  const subject = `job ${job} of ${system}, which ran ${request.node},`;
  const lines = { details: [...lastLinesOf(request.logFile), ...printedBy(broken)] };
  switch (ending?.how) {
    case 'out-of-memory':
      return {
        reason: 'step-out-of-memory',
        message: `${subject} ran out of memory${said}`,
        ...lines,
        hint: memoryHint(request),
      };
    case 'timeout':
      return {
        reason: 'step-timeout',
        message: `${subject} was ended because its time was over${said}`,
        ...lines,
        hint: timeHint(request),
      };
    case 'cancelled':
      return {
        reason: 'job-cancelled',
        message: `${subject} was cancelled${said}, and not by this run`,
        ...lines,
        hint: 'run again to compute what is missing; a step that keeps state goes on from it',
      };
    case 'node-failed':
    case 'preempted':
      return { reason: 'worker-killed', message: `${subject} lost its machine${said}`, ...lines };
    case 'failed':
    case 'completed':
      return crashed(subject, ending, lines);
    case undefined:
      return {
        reason: 'worker-killed',
        message: `${subject} is not in the queue any more, and has left no answer`,
        ...lines,
        hint: 'a file system that shows files late does this, too: raise slurm.answer_wait in kshot.yaml',
      };
  }
}

function memoryHint({ job }: ExecuteRequest): string {
  return job?.memoryBytes === undefined
    ? 'say under the `resources` of the step how much it needs: memory: 8 GiB'
    : `raise \`memory\` under the \`resources\` of the step, now ${formatBytes(job.memoryBytes)}`;
}

/**
 * Why a step failed of whose job the system has ended processes because its memory ran out: a program by itself only says
 * that a signal ended it, or what it started.
 */
export function outOfMemoryFailure(failure: Failure, request: ExecuteRequest): Failure {
  const { reason } = failure;
  if (reason !== 'step-failed' && reason !== 'output-missing') return failure;
  const message = `its job ran out of memory: ${failure.message}`;
  return { ...failure, reason: 'step-out-of-memory', message, hint: memoryHint(request) };
}

/** A job's own time, under `slurm`, goes before what its step takes. */
function timeHint({ job }: ExecuteRequest): string {
  const ofJob = job?.options.timeSeconds;
  if (ofJob !== undefined)
    return `raise \`time\` under \`slurm\` of the step or in kshot.yaml, now ${formatSeconds(ofJob)}`;
  const ofStep = job?.timeSeconds;
  return ofStep === undefined
    ? 'say under the `resources` of the step how long it takes: time: 4 h'
    : `raise \`time\` under the \`resources\` of the step, now ${formatSeconds(ofStep)}`;
}

function crashed(subject: string, { exitCode, state }: JobEnding, lines: Pick<Failure, 'details'>): Failure {
  const signal = exitCode !== undefined && exitCode > 128 ? exitCode - 128 : undefined;
  const how = signal === undefined ? `with exit code ${exitCode ?? 'unknown'}` : `by signal ${signal}`;
  return {
    reason: signal !== undefined && !ownSignals.has(signal) ? 'worker-killed' : 'worker-crashed',
    message: `${subject} ended ${how} and left no answer (${state})`,
    ...lines,
    hint: 'a signal 9 that nobody sent often means that memory ran out: raise `memory` under the `resources` of the step',
  };
}

/** Jobs that end without having taken anything to do: nothing can come of more of them. */
export function fruitlessJobsFailure({ job, request, ending, ...broken }: BrokenJob, count: number): Failure {
  return {
    reason: 'job-refused',
    message: `${count} jobs of ${broken.system} for ${request.node} ended before they did anything, the last of them ${job} (${ending?.state ?? 'not in the queue any more'}${ending?.exitCode === undefined ? '' : `, exit code ${ending.exitCode}`})`,
    details: printedBy({ job, request, ending, ...broken }),
    hint: 'are the project, kshot and Node at the same paths on the machines of the jobs?',
  };
}

/** The last lines that a job printed beside what its step did. */
function printedBy({ job, logFolder }: BrokenJob): readonly string[] {
  try {
    const text = readFileSync(join(logFolder, `${job}.out`), 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .slice(-10);
  } catch {
    return [];
  }
}
