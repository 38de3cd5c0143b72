#!/usr/bin/env node
import { CommanderError } from 'commander';
import { FailureError } from '../base/failure.js';
import { failureOfException } from '../base/failure-of-exception.js';
import { nearestName } from '../pipeline/nearest-name.js';
import { createProgram } from './program.js';
import { openTerminal } from './terminal.js';

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

/** Where the help is that whoever wrote these arguments needs. */
function helpHint(): string {
  let command = program;
  const words: string[] = [];
  for (const arg of args) {
    const below = command.commands.find((one) => one.name() === arg);
    if (below === undefined) break;
    command = below;
    words.push(arg);
  }
  return words.length === 0
    ? 'kshot --help lists the commands, kshot COMMAND --help its options'
    : `kshot ${words.join(' ')} --help says what it takes`;
}

try {
  if (args[0] === '__complete') {
    // Not a command: a shell asks about a command line that is none yet.
    const { answerShell } = await import('./answer-shell.js');
    process.stdout.write(await answerShell(args.slice(1)));
  } else {
    // An option with an optional value would otherwise take the next argument for it.
    await program.parseAsync(
      args.map((arg) => (arg === '--force' ? '--force=' : arg)),
      { from: 'user' },
    );
  }
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else if (error instanceof CommanderError) {
    const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
    const hint = rest
      .join(' ')
      .replace(/^\((.*)\)$/, '$1')
      .replace(/^Did/, 'did');
    // `help NAME` of a name that is no command prints the help of all.
    const unknown = error.code === 'commander.help' && args[0] === 'help' ? args[1] : undefined;
    const near =
      unknown === undefined
        ? undefined
        : nearestName(
            unknown,
            program.commands.map((one) => one.name()),
          );
    fail(
      new FailureError({
        reason: 'usage',
        message:
          unknown !== undefined
            ? `unknown command '${unknown}'`
            : error.code === 'commander.help'
              ? 'no command is given'
              : message,
        hint: near !== undefined ? `did you mean ${near}?` : hint === '' ? helpHint() : hint,
      }),
    );
  } else fail(error);
}
