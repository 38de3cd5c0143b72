import type { Argument, Command, Option } from 'commander';
import { isPipelineName } from '../../session/planning/find-pipeline.js';

/** A word that could stand where the cursor is. */
export interface Completion {
  readonly value: string;
  readonly description: string;
  /** Whether something may follow in the same word, so that no space does. */
  readonly isOpen?: boolean;
}

/** What words are about that the command line does not know by itself. */
export interface CompletionTopics {
  /** The pipeline's file that the words name. */
  readonly file: string | undefined;
  /** What `--root` says. */
  readonly root: string | undefined;
  /** The word so far. */
  readonly word: string;
}

type Source = (topics: CompletionTopics) => Promise<readonly Completion[]>;

/** What looks names up, by what is looked up; each only when it is asked for. */
export interface CompletionSources {
  readonly pipelines: Source;
  /** Steps of a pipeline, and the nodes of the one that the word begins with. */
  readonly steps: Source;
  /** Steps and nodes that runs have logs of. */
  readonly logged: Source;
  /** Outputs of steps and nodes that runs have. */
  readonly outputs: Source;
  readonly runs: Source;
  readonly kinds: Source;
  /** `PATH=` of parameters that can be set, with their values after it. */
  readonly parameters: Source;
  readonly engines: Source;
  readonly metrics: Source;
  readonly folders: Source;
}

/** By the option's long name. */
const optionSources: { readonly [option: string]: keyof CompletionSources } = {
  '--set': 'parameters',
  '--engine': 'engines',
  '--force': 'steps',
  '--run': 'runs',
  '--metric': 'metrics',
  '--root': 'folders',
  '--python': 'folders',
};

/** By the argument's name. */
const argumentSources: { readonly [argument: string]: readonly (keyof CompletionSources)[] } = {
  targets: ['steps'],
  STEP: ['steps'],
  FILE: ['pipelines'],
  OUTPUT: ['outputs'],
  KIND: ['kinds'],
  RUN: ['runs'],
  BEFORE: ['runs'],
  AFTER: ['runs'],
};

/**
 * What could stand in place of the last word, which may be empty.
 *
 * @param words all that follows the program's name, up to the cursor
 */
export async function completionsFor(
  program: Command,
  words: readonly string[],
  sources: CompletionSources,
): Promise<readonly Completion[]> {
  const word = words.at(-1) ?? '';
  const read = readWords(program, words.slice(0, -1));
  const topics = { file: read.positionals.find(isPipelineName), root: read.root, word };
  const starting = (found: readonly Completion[], start = word) =>
    found.filter(({ value }) => value.startsWith(start));

  if (read.waiting !== undefined) return starting(await valuesOf(read.waiting, topics, sources));
  const [, name, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  if (name !== undefined && value !== undefined && !read.onlyPositionals) {
    const option = optionOf(read.command, name);
    if (option === undefined) return [];
    const found = await valuesOf(option, { ...topics, word: value }, sources);
    return starting(found, value).map((one) => ({ ...one, value: `${name}=${one.value}` }));
  }
  if (word.startsWith('-') && !read.onlyPositionals) return starting(flagsOf(read.command, read.given));
  const found = starting(await positionalsOf(read, topics, sources));
  const isUnknown = read.command.parent === null && read.positionals.length > 0;
  return word === '' && found.length === 0 && !read.onlyPositionals && !isUnknown
    ? flagsOf(read.command, read.given)
    : found;
}

interface ReadWords {
  readonly command: Command;
  readonly positionals: readonly string[];
  /** Long names of the options that were given. */
  readonly given: ReadonlySet<string>;
  readonly root: string | undefined;
  /** The option whose value comes next. */
  readonly waiting: Option | undefined;
  /** Whether `--` was given. */
  readonly onlyPositionals: boolean;
}

function readWords(program: Command, words: readonly string[]): ReadWords {
  const reader = new WordReader(program);
  for (const word of words) reader.read(word);
  return reader;
}

class WordReader implements ReadWords {
  readonly positionals: string[] = [];
  readonly given = new Set<string>();
  root: string | undefined;
  waiting: Option | undefined;
  onlyPositionals = false;

  constructor(public command: Command) {}

  read(word: string): void {
    if (this.waiting !== undefined) this.readValue(word, this.waiting);
    else if (this.onlyPositionals || !word.startsWith('-') || word === '-') this.readPositional(word);
    else if (word === '--') this.onlyPositionals = true;
    else this.readFlag(word);
  }

  private readValue(word: string, option: Option): void {
    if (option.long === '--root') this.root = word;
    this.waiting = undefined;
  }

  private readPositional(word: string): void {
    const below =
      this.positionals.length === 0 ? this.command.commands.find((one) => one.name() === word) : undefined;
    if (below === undefined) this.positionals.push(word);
    else this.command = below;
  }

  private readFlag(word: string): void {
    const [name = word, value] = word.split(/=(.*)/s);
    const option = optionOf(this.command, name);
    if (option?.long != null) this.given.add(option.long);
    if (option?.long === '--root') this.root = value;
    if (option?.required === true && value === undefined) this.waiting = option;
  }
}

function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => long === name || short === name);
}

/** Flags that may still be given; those that collect values may be given again. */
function flagsOf(command: Command, given: ReadonlySet<string>): readonly Completion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long, parseArg }) => long != null && (!given.has(long) || parseArg?.name === 'collect'))
    .map(({ long, description }) => ({ value: long ?? '', description }));
}

async function valuesOf(
  { long, argChoices }: Option,
  topics: CompletionTopics,
  sources: CompletionSources,
): Promise<readonly Completion[]> {
  if (argChoices !== undefined) return choices(argChoices);
  const source = optionSources[long ?? ''];
  return source === undefined ? [] : await sources[source](topics);
}

async function positionalsOf(
  { command, positionals }: ReadWords,
  topics: CompletionTopics,
  sources: CompletionSources,
): Promise<readonly Completion[]> {
  if (positionals.length === 0 && command.commands.length > 0) return namesOfCommands(command);
  // The one that commander adds takes the name of a command.
  if (command.parent === null) return positionals[0] === 'help' ? namesOfCommands(command) : [];
  const place = positionals.length;
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[place] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return [];
  if (argument.argChoices !== undefined) return choices(argument.argChoices);
  const names = sourcesOf(argument, command, place, topics);
  return (await Promise.all(names.map((name) => sources[name](topics)))).flat();
}

function sourcesOf(
  argument: Argument,
  command: Command,
  place: number,
  { file }: CompletionTopics,
): readonly (keyof CompletionSources)[] {
  const name = argument.name();
  if (name === 'STEP' && ['logs', 'shell'].includes(command.name())) return ['logged'];
  // A pipeline's file comes first or not at all.
  if (name === 'targets' && place === 0 && file === undefined) return ['steps', 'pipelines'];
  return argumentSources[name] ?? [];
}

function namesOfCommands(command: Command): readonly Completion[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.summary() || one.description() }));
}

function choices(values: readonly string[]): readonly Completion[] {
  return values.map((value) => ({ value, description: '' }));
}
