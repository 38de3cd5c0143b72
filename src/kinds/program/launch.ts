import type { Json, JsonObject } from '../../base/json.js';
import { numberText, withNumberText } from '../../base/number-text.js';
import { declaredValue } from '../declared-values.js';

/**
 * What a program is started with, from the parameters in its key. This module is all of kshot's code that the key of a
 * program knows (`Kind.codeStart`): what surrounds it may change without anything being computed anew.
 */
export interface Launch {
  /** A list of words, or the line of a shell. */
  readonly argv: string | readonly string[];
  readonly env: { readonly [name: string]: string };
  /** The JSON of its params, for the file that KSHOT_PARAMS names; absent where it declares none. */
  readonly params?: string;
}

export type LaunchParameters = {
  readonly argv?: string | readonly string[];
  readonly script?: string;
  readonly module?: string;
  readonly args?: readonly string[];
  readonly params?: JsonObject;
  readonly env: { readonly [name: string]: string };
};

/**
 * @param pathOf the path that a name in the key stands for (`{/data/x.csv}` in a word), of files outside of the root
 */
export function launchOf(
  { argv, script, module, args, params = {}, env }: LaunchParameters,
  pathOf: (name: string) => string | undefined = () => undefined,
): Launch {
  const target = script === undefined ? ['-m', module ?? ''] : [script];
  const located = (word: string) =>
    word.replace(/\{(\/[^{}]+)\}/g, (whole, name: string) => pathOf(name) ?? whole);
  const word = (given: string) => filled(located(given), params, wordOf);
  return {
    argv:
      typeof argv === 'string'
        ? filled(located(argv), params, (value) => quotedWord(wordOf(value)))
        : (argv?.map(word) ?? ['python3', ...target, ...(args?.map(word) ?? flagsOf(params))]),
    // Without it, Python orders sets of text by chance.
    env: {
      PYTHONHASHSEED: '0',
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, located(value)])),
    },
    ...(Object.keys(params).length === 0 ? {} : { params: `${textOf(params)}\n` }),
  };
}

/** `{lr}`, `{optim.lr}`; `{{lr}}` stands for `{lr}` itself. */
const placeholder = /\{\{([A-Za-z_][\w.-]*)\}\}|\{([A-Za-z_][\w.-]*)\}/g;

/** The names in braces of a word that stand for a value, or would if they were declared. */
export function placeholdersIn(word: string): readonly string[] {
  return [...word.matchAll(placeholder)].flatMap(([, , name]) => name ?? []);
}

/** What is in braces and is not declared is no concern of ours: `awk '{print}'`. */
function filled(word: string, params: JsonObject, write: (value: Json) => string): string {
  return word.replace(placeholder, (whole, escaped: string | undefined, name: string | undefined) => {
    const value = declaredValue(params, escaped ?? name ?? '');
    if (value === undefined) return whole;
    return escaped === undefined ? write(value) : `{${escaped}}`;
  });
}

/** `--lr 0.01`; `--amp` or `--no-amp`; nothing of null, which leaves it to the program. */
function flagsOf(params: JsonObject): readonly string[] {
  return Object.entries(params).flatMap(([name, value]) => {
    if (value === null) return [];
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    const word = wordOf(value);
    // After a blank it would be taken for a flag.
    return word.startsWith('-') ? [`--${name}=${word}`] : [`--${name}`, word];
  });
}

/** A value as a word: text as it is, lists and maps as JSON. */
function wordOf(value: Json): string {
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'string' ? value : textOf(value);
}

/** JSON whose numbers Python's YAML reads as numbers, too. */
function textOf(value: Json): string {
  return withNumberText(JSON.stringify(value));
}

/** A word as a shell reads it. */
export function quotedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
