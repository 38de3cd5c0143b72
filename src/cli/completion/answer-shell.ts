import type { Command } from 'commander';
import { printable } from '../../base/terminal-text.js';
import { type Completion, completionsFor } from './complete.js';
import { createCompletionSources } from './completion-sources.js';
import { bashReply, splitLine } from './shell-words.js';

/**
 * What a shell's completion script is answered, a line each. `bash LINE BREAKS` gives the text that bash inserts;
 * `words WORD...` gives `open` or `finished`, the whole word, and what it is about, with tabs between. Nothing where
 * anything goes wrong: whoever types a command line wants no error in it.
 */
export async function answerShell(program: Command, args: readonly string[]): Promise<string> {
  try {
    const [form, ...rest] = args;
    if (form === 'bash') return await answerBash(program, rest[0] ?? '', rest[1] ?? '');
    const found = await completions(program, rest);
    return found
      .map(
        ({ value, description, isOpen }) =>
          `${isOpen === true ? 'open' : 'finished'}\t${value}\t${printable(description).replaceAll('\t', ' ')}\n`,
      )
      .join('');
  } catch {
    return '';
  }
}

async function answerBash(program: Command, line: string, breaks: string): Promise<string> {
  const { words, current } = splitLine(line, breaks);
  const found = await completions(program, [...words.slice(1), current.text]);
  return found.map(({ value, isOpen }) => `${bashReply(value, current, isOpen !== true)}\n`).join('');
}

async function completions(program: Command, words: readonly string[]): Promise<readonly Completion[]> {
  const found = await completionsFor(program, words, createCompletionSources(process.cwd()));
  // A name with a line end in it could not be told from two.
  return found.filter(({ value }) => printable(value) === value && !/[\t\n]/.test(value));
}
