import type { BatchJob, JobEnding, NotEnded } from '../batch/batch-system.js';

const active: { readonly [state: string]: 'pending' | 'running' } = {
  PENDING: 'pending',
  CONFIGURING: 'pending',
  REQUEUED: 'pending',
  REQUEUE_FED: 'pending',
  REQUEUE_HOLD: 'pending',
  SPECIAL_EXIT: 'pending',
  RESV_DEL_HOLD: 'pending',
  RUNNING: 'running',
  COMPLETING: 'running',
  SUSPENDED: 'running',
  STOPPED: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  RESIZING: 'running',
};

const endings: { readonly [state: string]: JobEnding['how'] } = {
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
  REVOKED: 'cancelled',
  TIMEOUT: 'timeout',
  DEADLINE: 'timeout',
  OUT_OF_MEMORY: 'out-of-memory',
  NODE_FAIL: 'node-failed',
  BOOT_FAIL: 'node-failed',
  PREEMPTED: 'preempted',
};

/** The format of `squeue` that `queueOf` reads. */
export const queueFormat = '%i|%T|%N|%j';

/** Jobs by their ids. A state that is not known counts as one of a job that is there. */
export function queueOf(text: string): ReadonlyMap<string, BatchJob> {
  const jobs = new Map<string, BatchJob>();
  for (const line of text.split('\n')) {
    const [id, state = '', host = '', ...name] = line.trim().split('|');
    // An array whose tasks have not been taken apart stands as `12_[3-7]`, which is none of its tasks.
    if (id === undefined || !/^\d+(?:_\d+)?$/.test(id)) continue;
    const word = stateWord(state);
    const now = active[word] ?? (isEnded(word) ? 'ended' : 'running');
    jobs.set(id, {
      name: name.join('|'),
      state: now,
      ...(host === '' ? {} : { host }),
      ...(now === 'ended' ? { ending: { how: endings[word] ?? 'failed', state: word } } : {}),
    });
  }
  return jobs;
}

/** `JobState=… ExitCode=…` of `scontrol show job -o`; undefined where there is no job. */
export function endingInRecord(text: string): JobEnding | NotEnded | undefined {
  const state = stateWord(/\bJobState=(\S+)/.exec(text)?.[1] ?? '');
  const now = Object.hasOwn(active, state) ? active[state] : undefined;
  if (now !== undefined) return { how: now };
  return endingOfState(state, /\bExitCode=(\d+:\d+)/.exec(text)?.[1]);
}

/** Of the first line `State|ExitCode` of `sacct -n -P`. */
export function endingInAccounting(text: string): JobEnding | undefined {
  const line = text.split('\n').find((one) => one.includes('|'));
  if (line === undefined) return undefined;
  const [state = '', exit] = line.trim().split('|');
  return endingOfState(stateWord(state), exit);
}

function endingOfState(state: string, exit: string | undefined): JobEnding | undefined {
  if (state === '' || !isEnded(state)) return undefined;
  const exitCode = exitCodeOf(exit);
  return { how: endings[state] ?? 'failed', state, ...(exitCode === undefined ? {} : { exitCode }) };
}

function isEnded(state: string): boolean {
  return state === 'FAILED' || Object.hasOwn(endings, state);
}

/** `CANCELLED by 1000`, `CANCELLED+`. */
function stateWord(text: string): string {
  return text.split(/[\s+,]/)[0] ?? '';
}

/** `3:0`, or `0:9` of a signal. */
function exitCodeOf(text: string | undefined): number | undefined {
  const match = /^(\d+):(\d+)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [code, signal] = [Number(match[1]), Number(match[2])];
  return signal === 0 ? code : 128 + signal;
}
