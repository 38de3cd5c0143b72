import { exitCodeOf } from '../base/exit-code.js';
import { environmentFailure } from '../base/failure-of-exception.js';
import { formatFailures } from '../ui/views/print-failures.js';

/**
 * Has the command go on where what it says cannot be written, so that results are not lost with lines: a reader that
 * has seen enough (`| head`), or a terminal that was closed, is no error; a disk that is full where stdout goes is one, told on stderr and by the exit
 * code. Of stderr nothing is told, as there is nowhere to.
 */
export function surviveRefusedOutput(): void {
  let isReported = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isLost = error.code === 'EPIPE' || (error.code === 'EIO' && process.stdout.isTTY);
    if (isLost || isReported) return;
    const failure = environmentFailure(error, 'writing to standard output');
    if (failure === undefined) throw error;
    isReported = true;
    process.stderr.write(formatFailures([failure]));
    process.on('exit', (exitCode) => {
      process.exitCode = Math.max(exitCode, exitCodeOf(failure.reason));
    });
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && environmentFailure(error) === undefined) throw error;
  });
}
