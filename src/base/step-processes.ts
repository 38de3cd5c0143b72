import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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

/**
 * Ends every process with the mark of a step's folder: asks each to, and kills those that have not ended after a
 * while. Only Linux tells of them; elsewhere there are none.
 */
export async function endProcessesOf(folder: string, graceMilliseconds: number): Promise<EndedProcesses> {
  const met = new Map<number, SystemProcess>();
  const killAt = performance.now() + graceMilliseconds;
  const giveUpAt = killAt + graceMilliseconds;
  let left = markedBy(folder);
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
    left: [...left, ...processes((id) => !leftIds.has(id) && worksIn(id, folder))],
  };
}

function markedBy(folder: string): readonly SystemProcess[] {
  const mark = Buffer.from(`${stepFolderVariable}=${folder}\0`);
  return processes((id) => readFileSync(`/proc/${id}/environ`).includes(mark));
}

function worksIn(processId: number, folder: string): boolean {
  const at = readlinkSync(`/proc/${processId}/cwd`).replace(/ \(deleted\)$/, '');
  return at === folder || at.startsWith(folder + sep);
}

/** The other processes of which this holds; one that may not be looked at, or is gone, is none. */
function processes(holds: (processId: number) => boolean): readonly SystemProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((entry) => {
    const processId = Number(entry);
    if (!Number.isInteger(processId) || processId === process.pid) return [];
    try {
      if (!holds(processId)) return [];
      return [{ processId, name: readFileSync(`/proc/${processId}/comm`, 'utf8').trim() }];
    } catch {
      return [];
    }
  });
}

function send(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch {
    // It has ended, or belongs to another user: then it stays on the list.
  }
}
