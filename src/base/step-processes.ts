import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The environment variable that every program of a step is given: the step's folder. What a program starts inherits
 * it, be it in a process group of its own, so that it is found again.
 */
export const stepFolderVariable = 'KSHOT_STEP_FOLDER';

const pollMilliseconds = 50;

/** A process of the system. */
export interface SystemProcess {
  readonly processId: number;
  /** What it runs, at most 15 characters. */
  readonly name: string;
}

/** What became of the processes that a step left running. */
export interface EndedProcesses {
  readonly ended: readonly SystemProcess[];
  /** Those that were not ended: they did not end, or have no mark, and may be somebody's who looks at the folder. */
  readonly left: readonly SystemProcess[];
}

/** Kills every process with the mark of a step's folder, at once. Only Linux tells of them. */
export function killProcessesOf(folder: string): void {
  // What one of them started while they were listed is on the next list.
  for (let pass = 0, found = markedBy(folder); found.length > 0 && pass < 5; pass++, found = markedBy(folder))
    for (const { processId } of found) send(processId, 'SIGKILL');
}

/** A program of a step, which has ended. */
export interface EndedProgram {
  readonly processId: number;
  /** When it was started, by `performance.now()`. */
  readonly startedAt: number;
}

/**
 * Ends every process with the mark of a step's folder that `program` or what it started has left: asks each to, and
 * kills those that have not ended after a while. Only Linux tells of them; elsewhere there are none.
 */
export async function endProcessesOf(
  folder: string,
  program: EndedProgram,
  graceMilliseconds: number,
): Promise<EndedProcesses> {
  const met = new Map<number, SystemProcess>();
  const killAt = performance.now() + graceMilliseconds;
  const giveUpAt = killAt + graceMilliseconds;
  const candidates = startedSince(program);
  for (let poll = 0; poll < mostStartPolls && candidates.some(isStarting); poll++)
    await sleep(startPollMilliseconds);
  let left = markedBy(folder, candidates);
  for (; left.length > 0 && performance.now() < giveUpAt; left = markedBy(folder)) {
    const isLate = performance.now() >= killAt;
    for (const one of left) {
      if (isLate) send(one.processId, 'SIGKILL');
      else if (!met.has(one.processId)) send(one.processId, 'SIGTERM');
      met.set(one.processId, one);
    }
    await sleep(pollMilliseconds);
  }
  const leftIds = new Set(left.map(({ processId }) => processId));
  return {
    ended: [...met.values()].filter(({ processId }) => !leftIds.has(processId)),
    left: [...left, ...processes((id) => !leftIds.has(id) && worksIn(id, folder), candidates)],
  };
}

/** A process that starts another program has no environment for a moment, and so no mark. */
const mostStartPolls = 20;
const startPollMilliseconds = 5;

/** Whether a process may be about to start a program; also one that has no environment for good. */
function isStarting(id: number): boolean {
  try {
    readlinkSync(`/proc/${id}/exe`);
    return readFileSync(`/proc/${id}/environ`).length === 0;
  } catch {
    // It is gone, or of the system, or somebody else's.
    return false;
  }
}

/** Within this time no system hands out all of its process ids. */
const idsLastMilliseconds = 2_000;
/** Where there are more, the system's list of processes is shorter. */
const mostCandidates = 1_000;

/**
 * The ids of all processes that were started after a program and are there, and maybe of others: Linux hands ids out
 * in order, and begins anew after the last. Looking into each process of a machine costs many times what starting a
 * small program does.
 */
function startedSince({ processId, startedAt }: EndedProgram): readonly number[] {
  if (process.platform !== 'linux') return [];
  const latest = latestProcessId();
  const isShort = performance.now() - startedAt < idsLastMilliseconds;
  if (!isShort || latest === undefined || latest < processId || latest - processId > mostCandidates) {
    return allProcessIds();
  }
  const since = Array.from({ length: latest - processId }, (_, index) => processId + 1 + index);
  return since.filter((id) => existsSync(`/proc/${id}`));
}

function allProcessIds(): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** The id that was handed out last; undefined where the system does not tell. */
function latestProcessId(): number | undefined {
  try {
    const id = Number(readFileSync('/proc/loadavg', 'utf8').trim().split(' ').at(-1));
    return Number.isInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
}

function markedBy(folder: string, candidates?: readonly number[]): readonly SystemProcess[] {
  const mark = Buffer.from(`${stepFolderVariable}=${folder}\0`);
  return processes((id) => readFileSync(`/proc/${id}/environ`).includes(mark), candidates);
}

function worksIn(processId: number, folder: string): boolean {
  const at = readlinkSync(`/proc/${processId}/cwd`).replace(/ \(deleted\)$/, '');
  return at === folder || at.startsWith(folder + sep);
}

/** The other processes of which this holds; one that may not be looked at, or is gone, is none. */
function processes(
  holds: (processId: number) => boolean,
  candidates: readonly number[] = allProcessIds(),
): readonly SystemProcess[] {
  return candidates.flatMap((processId) => {
    if (processId === process.pid) return [];
    try {
      if (!holds(processId) || !isProcess(processId)) return [];
      return [{ processId, name: readFileSync(`/proc/${processId}/comm`, 'utf8').trim() }];
    } catch {
      return [];
    }
  });
}

/** Ids are given to threads too, which `/proc` knows without listing them. */
function isProcess(id: number): boolean {
  return new RegExp(`^Tgid:\\s+${id}$`, 'm').test(readFileSync(`/proc/${id}/status`, 'utf8'));
}

function send(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch {
    // It has ended, or belongs to another user: then it stays on the list.
  }
}
