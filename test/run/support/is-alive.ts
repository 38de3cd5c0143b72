import { readFileSync } from 'node:fs';

/** Whether a process is there and not only waiting to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // Gone since, or a system without /proc, where what could be signalled is there.
    return process.platform !== 'linux';
  }
}
