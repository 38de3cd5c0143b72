import { CommanderError } from 'commander';
import { FailureError } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { createProgram } from './program.js';
import { surviveRefusedOutput } from './refused-output.js';
import { forgetSignals } from './signals.js';
import { openTerminal } from './terminal.js';
import { usageFailure } from './usage-failure.js';

/** The whole of one invocation; sets the exit code. */
export async function start(args: readonly string[]): Promise<void> {
  surviveRefusedOutput();
  process.on('uncaughtException', (error) => {
    if (isLostTerminal(error)) return;
    fail(error, args);
    process.exit();
  });
  await answer(args);
  await forgetSignals();
}

/** What drawing throws whose terminal is being closed; the signal that tells of it may come a little later. */
function isLostTerminal({ code, syscall }: NodeJS.ErrnoException): boolean {
  return code === 'EIO' && syscall === 'setRawMode';
}

async function answer(args: readonly string[]): Promise<void> {
  const program = createProgram((exitCode) => {
    process.exitCode = exitCode;
  });
  try {
    if (args[0] === '__complete') {
      // Not a command: a shell asks about a command line that is none yet.
      const { answerShell } = await import('./completion/answer-shell.js');
      process.stdout.write(await answerShell(program, args.slice(1)));
    } else {
      // An option with an optional value would otherwise take the next argument for it.
      await program.parseAsync(
        args.map((arg) => (arg === '--force' ? '--force=' : arg)),
        { from: 'user' },
      );
    }
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
    else if (error instanceof CommanderError)
      fail(new FailureError(usageFailure(error, args, program)), args);
    else fail(error, args);
  }
}

function fail(error: unknown, args: readonly string[]): void {
  const terminal = openTerminal(
    { json: args.includes('--json'), color: !args.includes('--no-color') },
    { events: args.find((arg) => !arg.startsWith('-')) === 'run' },
  );
  process.exitCode = terminal.fail([failureOfException(error)]);
}
