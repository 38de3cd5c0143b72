import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';

/** Every command that does something, with the words that reach it. */
function leavesOf(command: Command, words: readonly string[] = []): readonly [string, Command][] {
  const below = command.commands.filter((one) => one.name() !== 'help');
  const own: readonly [string, Command][] = below.length === 0 ? [[words.join(' '), command]] : [];
  return [...own, ...below.flatMap((one) => leavesOf(one, [...words, one.name()]))];
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}

const examplesIn = (help: string) => [...help.matchAll(/^ {2}(kshot .*)$/gm)].map((match) => match[1] ?? '');

/** The words of the first command of a line, as a shell splits them. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([|>&<;]+)|([^\s"'|>&<;]+)/g)) {
    if (match[3] !== undefined) break;
    words.push(match[1] ?? match[2] ?? match[4] ?? '');
  }
  return words;
}

const everyCommand = leavesOf(createProgram(() => undefined));

describe('the help', () => {
  it('knows more than a dozen commands', () => {
    expect(everyCommand.length).toBeGreaterThan(11);
  });

  it.each(everyCommand)(
    'of %s has a summary, a description, words for every argument and option, and an example',
    (name, command) => {
      expect(command.summary()).toMatch(/^[a-z].*[^.]$/);
      expect(command.description()).toMatch(/^[A-Z].*\.$/s);
      for (const { description } of command.registeredArguments) expect(description).not.toBe('');
      for (const { flags, description } of command.options) expect([flags, description]).not.toContain('');
      const examples = examplesIn(helpOf(command));
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(example).toMatch(new RegExp(`^kshot ${name}( |$)`));
    },
  );

  it.each(everyCommand)('of %s gives examples that the command line takes', async (name, command) => {
    for (const example of examplesIn(helpOf(command))) {
      const program = createProgram(() => undefined);
      const taken: string[] = [];
      for (const [other, leaf] of leavesOf(program)) leaf.action(() => void taken.push(other));
      const [kshot, ...args] = wordsOf(example);
      await program.parseAsync([...args], { from: 'user' });
      expect([kshot, taken]).toEqual(['kshot', [name]]);
    }
  });

  it('of the program lists every command', () => {
    const help = helpOf(createProgram(() => undefined));
    for (const [name] of everyCommand)
      expect(help).toMatch(new RegExp(`^ {2}${name.split(' ')[0]}[ \\n]`, 'm'));
    expect(examplesIn(help).length).toBeGreaterThan(0);
  });
});
