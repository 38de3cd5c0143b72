/**
 * Sends a signal to every process of the group that `leader` leads. A group that is already gone, or whose
 * processes are not ours any more, is no error: there is nothing left to end.
 */
export function killProcessGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
