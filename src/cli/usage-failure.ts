import type { Command, CommanderError } from 'commander';
import type { Failure } from '../base/failure.js';
import { didYouMean } from '../base/nearest-name.js';

/** What is wrong with a command line, from commander's error about it. */
export function usageFailure(error: CommanderError, args: readonly string[], program: Command): Failure {
  if (error.code === 'commander.help') return withoutCommand(args, program);
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const hint = rest
    .join(' ')
    .replace(/^\((.*)\)$/, '$1')
    .replace(/^Did/, 'did');
  return { reason: 'usage', message, hint: hint === '' ? helpHint(args, program) : hint };
}

function withoutCommand(args: readonly string[], program: Command): Failure {
  // `help NAME` of a name that is no command prints the help of all.
  const unknown = args[0] === 'help' ? args[1] : undefined;
  if (unknown === undefined) {
    return { reason: 'usage', message: 'no command is given', hint: helpHint(args, program) };
  }
  const near = didYouMean(
    unknown,
    program.commands.map((one) => one.name()),
  );
  return {
    reason: 'usage',
    message: `unknown command '${unknown}'`,
    hint: near ?? helpHint(args, program),
  };
}

/** Where the help is that whoever wrote these arguments needs. */
function helpHint(args: readonly string[], program: Command): string {
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
