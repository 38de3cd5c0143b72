import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommonOptions } from './terminal.js';

/** A command's implementation: options, then arguments; resolves to the exit code. */
type Implementation<Options, Arguments extends readonly unknown[]> = (
  options: Options & CommonOptions,
  ...args: Arguments
) => Promise<number>;

/** What help says of a command. */
export interface CommandHelp {
  /** A few words, for the list of commands. */
  readonly summary: string;
  /** Sentences. */
  readonly description: string;
  /** Whole command lines; at least one. */
  readonly examples: readonly string[];
}

/** Makes commands that all speak, fail and end alike. */
export interface CommandBuilder {
  readonly program: Command;
  /** A command with the options that all have. */
  command(name: string, help: CommandHelp, parent?: Command): Command;
  /** A command that only holds others. */
  group(name: string, help: CommandHelp): Command;
  /** Connects a command to its module, imported when the command is given: arguments first, then options. */
  connect<Options, Arguments extends readonly unknown[]>(
    target: Command,
    load: () => Promise<Implementation<Options, Arguments>>,
  ): void;
}

/** @param done is told the exit code */
export function createCommandBuilder(program: Command, done: (exitCode: number) => void): CommandBuilder {
  const described = (name: string, { summary, description, examples }: CommandHelp, parent: Command) =>
    withoutExit(parent.command(name))
      .helpOption('-h, --help', 'print help')
      .summary(summary)
      .description(description)
      .addHelpText('after', exampleText(examples));
  return {
    program,
    command: (name, help, parent = program) =>
      described(name, help, parent)
        .option('--root <folder>', 'the project (default: the nearest folder upwards that holds pipelines/)')
        .option('--json', 'machine-readable output on stdout')
        .option('--quiet', 'nothing on stderr but failures')
        .option('--no-color', 'no colour'),
    group: (name, help) => described(name, help, program).helpCommand(false),
    connect(target, load) {
      target.action(async (...given: unknown[]) => {
        // Whoever connects says what the command's own definition gives.
        const args = given.slice(0, -2) as never;
        const implementation = await load();
        done(await implementation(given.at(-2) as never, ...args));
      });
    },
  };
}

/** Errors are thrown, and told by whoever started the program. */
export function withoutExit(command: Command): Command {
  return command.exitOverride().configureOutput({
    writeErr: (text) => void process.stderr.write(text),
    outputError: () => undefined,
  });
}

/** The part of a command's help that shows whole command lines. */
export function exampleText(examples: readonly string[]): string {
  return `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  ${line}`).join('\n')}`;
}

/** Takes an option's value each time that it is given. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** Reads an option's value: a whole number from 1. Throws commander's error otherwise, as those below do. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It is a whole number from 1.');
  }
  return value;
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('It is a whole number from 0.');
  }
  return value;
}

/** Seconds, up to a day. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) {
    throw new InvalidArgumentError('It is a number of seconds, up to a day.');
  }
  return value;
}

/** A width in print. */
export function inches(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 40)) throw new InvalidArgumentError('It is a number of inches, from 1 to 40.');
  return value;
}

/** `--python`, of what starts Python. */
export function pythonOption(): Option {
  return new Option(
    '--python <path>',
    'an interpreter, or the folder of its environment (default: `python:` of kshot.yaml)',
  );
}

/** `--format` with these values. */
export function formatOption(description: string, formats: readonly string[]): Option {
  return new Option('--format <format>', description).choices(formats);
}
