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
  for (const group of groups) killProcessGroup(group, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}, 250);
