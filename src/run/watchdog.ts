import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { killProcessGroup } from '../base/process-group.js';

/**
 * A thread beside the one that computes, so that it looks even while that one is in a long loop: when the process
 * that started this one is gone, it kills the registered process groups and then this process.
 *
 * It is told a process id to add a group, and `clear` when the step that owned them is over.
 */
const { parentProcessId } = workerData as { readonly parentProcessId: number };
const groups = new Set<number>();

parentPort?.on('message', (message: number | 'clear') => {
  if (message === 'clear') groups.clear();
  else groups.add(message);
});

setInterval(() => {
  if (process.ppid === parentProcessId) return;
  // What was started a moment ago, nobody has told of yet.
  for (const group of new Set([...groups, ...childrenOf(process.pid)])) killProcessGroup(group, 'SIGKILL');
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
