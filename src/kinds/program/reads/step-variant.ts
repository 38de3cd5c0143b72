import { basename } from 'node:path';
import type { Json, JsonObject } from '../../../base/json.js';
import { numberText } from '../../../base/number-text.js';
import { declaredValue } from '../../declared-values.js';
import { launchOf, placeholdersIn } from '../launch.js';
import { scalarText } from '../program-parameters.js';
import { isShell } from './shell-lines.js';
import { mayBeFile } from './undeclared-files.js';

type Words = readonly (string | number | boolean)[];

/** What a program is started with, before values of `params` are put in. */
export interface WrittenLaunch {
  readonly argv?: string | Words;
  readonly args?: Words;
  readonly params: JsonObject;
}

/** A longer word is told apart: the system may not take it. */
const longWord = 40_000;
/** `{lr}`, `--lr={lr}`, `lr={lr}`: with a number in it, it names no program, whatever it is that starts the words. */
const slot = /^(-[^{}=/]*=|[A-Za-z_]\w*=)?\{([A-Za-z_][\w.-]*)\}$/;
/** By what a Python may be told to find its modules elsewhere. */
const elsewhere = /PYTHONPATH=|\b(?:cd|pushd)\b/;

/**
 * All that planning goes by of the values that a step declares, as a text: those that may name a file or a program, or
 * be a part of what is wrong. For a matrix over seeds and rates it is one text for all steps.
 *
 * @param isPlain whether the program that is started, and what it runs, is the same whatever its arguments are
 */
export function variantOf({ argv, args, params }: WrittenLaunch, root: string, isPlain: boolean): string {
  const telling = tellingParams(params, root);
  if (typeof argv === 'string') {
    if (placeholdersIn(argv).length > 0) telling.push(launchOf({ argv, params, env: {} }).argv);
  } else if (argv === undefined && args === undefined) {
    // Without words of its own, a script gets all its params as flags.
    for (const flag of launchOf({ params, env: {} }).argv.slice(3)) {
      if (saysSomething(flag, root)) telling.push(flag);
    }
  } else {
    for (const word of tellingWords(argv ?? args ?? [], params, root, argv !== undefined, isPlain)) {
      telling.push(word);
    }
  }
  return JSON.stringify(telling);
}

/** Params that are more than a value: texts that may name a file, and maps and lists of names and texts. */
function tellingParams(params: JsonObject, root: string): Json[] {
  const telling: Json[] = [];
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (value === undefined || typeof value === 'number' || typeof value === 'boolean') continue;
    if (typeof value !== 'string' || mayBeFile(value, root)) telling.push([name, value]);
  }
  return telling;
}

/** Words with values in them by which planning may go, each with its place. */
function tellingWords(
  words: Words,
  params: JsonObject,
  root: string,
  beginsWithProgram: boolean,
  isPlain: boolean,
): readonly (readonly [index: number, word: string])[] {
  const { open, startsShell } = openWordsOf(words);
  const telling: (readonly [number, string])[] = [];
  for (const { index, word: written, name, before } of open) {
    const number = name === undefined ? undefined : declaredValue(params, name);
    const isNumber = typeof number === 'number';
    const word = isNumber ? `${before}${numberText(number)}` : filledWord(written, params);
    const isProgram = beginsWithProgram && index === 0;
    if (isProgram || startsShell || !(isPlain || isNumber) || saysSomething(word, root)) {
      telling.push([index, word]);
    }
  }
  return telling;
}

function filledWord(word: string, params: JsonObject): string {
  return launchOf({ argv: [word], params, env: {} }).argv[0] ?? '';
}

interface OpenWords {
  /** Words with values to be put in, and the name of the value that alone stands in one, or behind its flag. */
  readonly open: readonly {
    readonly index: number;
    readonly word: string;
    readonly name: string | undefined;
    /** The flag. */
    readonly before: string;
  }[];
  /** Whether one of the words, as they are written, is a shell, which reads those behind it as its own. */
  readonly startsShell: boolean;
}

const known = new WeakMap<Words, OpenWords>();

function openWordsOf(words: Words): OpenWords {
  const before = known.get(words);
  if (before !== undefined) return before;
  const texts = words.map(scalarText);
  const found = {
    open: texts.flatMap((word, index) => {
      if (placeholdersIn(word).length === 0) return [];
      const [, before = '', name] = slot.exec(word) ?? [];
      return [{ index, word, name, before }];
    }),
    startsShell: texts.some((word) => isShell(basename(word))),
  };
  known.set(words, found);
  return found;
}

/** Whether a word may be more than a value: a path, a name in the root, a shell, or nothing that a program can be given. */
function saysSomething(word: string, root: string): boolean {
  const value = word.slice(word.indexOf('=') + 1);
  return (
    word.length > longWord ||
    word.includes('\0') ||
    isShell(basename(word)) ||
    elsewhere.test(word) ||
    mayBeFile(word, root) ||
    (value !== word && mayBeFile(value, root))
  );
}
