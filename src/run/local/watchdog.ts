import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { killProcessGroup } from '../../base/process-group.js';
import { killProcessesOf } from '../../base/step-processes.js';
import { type WatchdogData, watchedPrograms } from './watched-programs.js';

/**
 * A thread beside the one that computes, so that it looks even while that one is in a long loop: when the process
 * that started this one is gone, it kills the registered process groups and then this process.
 *
 * What is registered stands in memory that both share: a message would wake this thread for every program.
 */
const { parentProcessId, shared } = workerData as WatchdogData;

setInterval(() => {
  if (process.ppid === parentProcessId) return;
  const watched = watchedPrograms(shared);
  // What was started a moment ago, nobody has told of yet.
  for (const group of new Set([...(watched?.groups ?? []), ...childrenOf(process.pid)]))
    killProcessGroup(group, 'SIGKILL');
  if (watched !== undefined) killProcessesOf(watched.folder);
  process.kill(process.pid, 'SIGKILL');
}, 250);

function childrenOf(parent: number): readonly number[] {
  try {
    if (process.platform !== 'linux')
      return numbersIn(execFileSync('pgrep', ['-P', String(parent)], { encoding: 'utf8' }));
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
      .map(Number);
  } catch {
    // Without a list, those that are known.
    return [];
  }
}

function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/\d+/g)].map(([number]) => Number(number));
}

function parentOf(processId: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // The name stands in brackets and may hold anything; after it come state and parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
