import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { killProcessGroup } from '../../base/process-group.js';
import { killProcessesOf } from '../../base/step-processes.js';

/** A program that must not outlive this process. */
export interface WatchedProgram {
  readonly group: number;
  /** The folder whose mark it has, and all that it starts. */
  readonly folder: string;
}

/**
 * A thread beside the one that computes, so that it looks even while that one is in a long loop: when the process
 * that started this one is gone, it kills the registered process groups and then this process.
 *
 * It is told of a program to add its group and its step's folder, and `clear` when the step that owned them is over.
 */
const { parentProcessId } = workerData as { readonly parentProcessId: number };
const groups = new Set<number>();

/** Of the steps whose programs are told of. */
const folders = new Set<string>();

parentPort?.on('message', (message: WatchedProgram | 'clear') => {
  if (message === 'clear') {
    groups.clear();
    folders.clear();
  } else {
    groups.add(message.group);
    folders.add(message.folder);
  }
});

setInterval(() => {
  if (process.ppid === parentProcessId) return;
  // What was started a moment ago, nobody has told of yet.
  for (const group of new Set([...groups, ...childrenOf(process.pid)])) killProcessGroup(group, 'SIGKILL');
  for (const folder of folders) killProcessesOf(folder);
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
