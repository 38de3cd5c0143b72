#!/usr/bin/env node
import { CommanderError } from 'commander';
import { FailureError } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { createProgram } from './program.js';
import { openTerminal } from './terminal.js';
import { usageFailure } from './usage-failure.js';

const args = process.argv.slice(2);

// A reader that has seen enough (`| head`) is no error, and no reason to stop a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

function fail(error: unknown): void {
  const terminal = openTerminal(
    { json: args.includes('--json'), color: !args.includes('--no-color') },
    { events: args.find((arg) => !arg.startsWith('-')) === 'run' },
  );
  process.exitCode = terminal.fail([failureOfException(error)]);
}

process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

const program = createProgram((exitCode) => {
  process.exitCode = exitCode;
});

try {
  if (args[0] === '__complete') {
    // Not a command: a shell asks about a command line that is none yet.
    const { answerShell } = await import('./answer-shell.js');
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
  else if (error instanceof CommanderError) fail(new FailureError(usageFailure(error, args, program)));
  else fail(error);
}
