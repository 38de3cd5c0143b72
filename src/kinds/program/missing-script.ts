import { basename, delimiter, extname, join, normalize, resolve } from 'node:path';
import { lookAtPath } from '../../base/files/user-path.js';

/** Programs whose first argument is a script, and the options after which there is none to come. */
const interpreters: readonly { readonly name: RegExp; readonly code: RegExp }[] = [
  { name: /^(?:python|pypy)[\d.]*$/, code: /^-[A-Za-z]*[cm]/ },
  { name: /^node(?:js)?$/, code: /^(?:-[A-Za-z]*[ep]|--eval|--print|--test|--run|-i|--interactive)/ },
  { name: /^(?:ba|da|z|k)?sh$/, code: /^-[A-Za-z]*[cs]/ },
  { name: /^Rscript$/, code: /^-e/ },
  { name: /^(?:perl|ruby)[\d.]*$/, code: /^-[A-Za-z\d]*[eE]/ },
  { name: /^julia$/, code: /^(?:-[eE]|--eval|--print)/ },
];
/** Of the files that these run. */
const scriptEnding = /^\.(?:py|pyz|js|mjs|cjs|ts|sh|bash|zsh|r|pl|rb|jl)$/i;

export interface ScriptSurroundings {
  /** The project's root, absolute. */
  readonly root: string;
  /** Folders in which a shell looks for its script too, as in PATH. */
  readonly searched: () => string;
  /** Names of inputs, paths of files and outputs: other failures tell of these. */
  readonly known: () => readonly string[];
}

/**
 * The script that an interpreter at the head of `argv` is told to run and that is nowhere; undefined where there is
 * none or where that is not certain, as with code on the command line or a word that an option may take.
 */
export function missingScript(
  argv: readonly string[],
  { root, searched, known }: ScriptSurroundings,
): string | undefined {
  const words = basename(argv[0] ?? '') === 'env' ? argv.slice(1) : argv;
  const name = basename(words[0] ?? '');
  const interpreter = interpreters.find((one) => one.name.test(name));
  const script = interpreter && scriptOf(words.slice(1), interpreter.code);
  if (script === undefined) return undefined;
  const path = normalize(script);
  if (known().some((one) => path === one || path.startsWith(`${one}/`))) return undefined;
  const places = [resolve(root, script)];
  if (name.endsWith('sh') && !script.includes('/'))
    for (const folder of searched().split(delimiter)) places.push(join(folder, script));
  return places.some(isThere) ? undefined : script;
}

/** The first word that is no option, if it looks like a script's path. */
function scriptOf(words: readonly string[], code: RegExp): string | undefined {
  let isAfterOption = false;
  for (const word of words) {
    if (word === '-' || code.test(word)) return undefined;
    if (word.startsWith('-') || word.startsWith('+')) {
      isAfterOption = word !== '--';
      continue;
    }
    const isScript = scriptEnding.test(extname(word));
    if (isScript || !isAfterOption) {
      const looksLikePath = isScript || word.includes('/');
      return looksLikePath && !/=|:\/\/|\$\{/.test(word) ? word : undefined;
    }
    isAfterOption = false;
  }
  return undefined;
}

/** What may not be looked at may be there. */
function isThere(path: string): boolean {
  const look = lookAtPath(path);
  return look.ok || look.failure === 'not-allowed';
}
