import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { lookedOnce } from '../../../base/files/looked-once.js';
import { isFileAt, isFolderAt, lookAtPath, namesInFolder } from '../../../base/files/user-path.js';
import { isJsonObject, type Json } from '../../../base/json.js';
import type { StepShape, UndeclaredFile } from '../../kind.js';
import { isDeclared } from '../declared-files.js';
import type { Launch } from '../launch.js';
import { ownVariable } from '../program-environment.js';
import { outputPaths } from '../program-outputs.js';
import { filesOf, leaves, type ProgramGiven } from '../program-parameters.js';
import { baseOf, isAtOrIn, patternOf } from './file-entries.js';
import { filesLine } from './files-line.js';
import { quotedTexts, shellLines, shellTokens, withoutWritten } from './shell-lines.js';

/**
 * Files that a word or a param names, itself or after `=`, wherever they are, and folders and patterns outside of the
 * root, that are neither declared under `files` nor an input or output of the step; of `env`, values that are one path outside.
 *
 * @param isKnown whether a file, relative to the root or absolute outside of it, is known by other means
 */
export function undeclaredFiles(
  { parameters, inputNames }: StepShape<ProgramGiven>,
  launch: Launch,
  root: string,
  isKnown: (path: string) => boolean = () => false,
): readonly UndeclaredFile[] {
  const written = Object.values(outputPaths(parameters.outputs));
  const isFound = (path: string) =>
    path === '' ||
    written.includes(path) ||
    isKnown(path) ||
    isOfSystem(path) ||
    inputNames.some((name) => path === name || path.startsWith(`${name}/`));
  const home = launch.env['HOME'] ?? ownVariable('HOME');
  const step: Surroundings = { parameters, root, home, isFound };
  /** What each stands for, by its words. */
  const found = new Map<string, Undeclared>();
  for (const word of new Set(wordsOf(parameters, launch, root))) {
    const one = undeclaredAt(word, step);
    if (one !== undefined) found.set(one.text, one);
  }
  // One that is nowhere is told of by itself, and not to be written again.
  const sound = filesOf(parameters).filter(
    (path) => /[*?]|\/$/.test(path) || lookAtPath(resolve(root, path)).ok,
  );
  return [...found.values()].map(({ text, path, isReached, isFolder }) => {
    const line = `add to the step's \`with\`: ${filesLine([...sound, path])}`;
    return {
      path: text,
      hint: isReached ? line : `the step starts in a folder of its own: write ${path}, and ${line}`,
      ...(isFolder ? { isFolder } : {}),
    };
  });
}

interface Surroundings {
  readonly parameters: ProgramGiven;
  readonly root: string;
  /** Of the user, as the step knows it. */
  readonly home: string;
  readonly isFound: (path: string) => boolean;
}

interface Undeclared {
  /** As it is told of. */
  readonly text: string;
  /** As it is declared. */
  readonly path: string;
  /** Whether the step finds something there: not by a way that leads out of the root. */
  readonly isReached: boolean;
  readonly isFolder: boolean;
}

function undeclaredAt(word: string, step: Surroundings): Undeclared | undefined {
  const { parameters, root, home, isFound } = step;
  const written = word.startsWith('~/') ? join(home, word.slice(2)) : word;
  if (!mayBeFile(written, root)) return undefined;
  const place = resolve(root, written);
  const inside = relative(root, place);
  const path = leaves(inside) ? place : inside;
  if (isFound(path)) return undefined;
  // By a way that leads out of the root, the step finds nothing.
  const isReached = path === inside || isAbsolute(written);
  const named = { text: isReached && written === word ? path : word, path, isReached };
  if (isFileAt(place)) {
    const isSeen = isReached && isDeclared(path, parameters, root);
    return isSeen ? undefined : { ...named, isFolder: false };
  }
  return path === inside || basename(written) === '..' ? undefined : undeclaredFolder(named, step);
}

/** A folder outside of the root, or files that a shell or the program itself finds in one by a pattern. */
function undeclaredFolder(named: Omit<Undeclared, 'isFolder'>, step: Surroundings): Undeclared | undefined {
  const { path, isReached } = named;
  if (isPlainFolder(path, step.home)) return undefined;
  if (/[*?[]/.test(path)) return undeclaredPattern(path, named.text, step);
  if (!isFolderAt(path) || (isReached && isDeclaredInPart(path, step))) return undefined;
  return { ...named, isFolder: true };
}

function undeclaredPattern(place: string, text: string, step: Surroundings): Undeclared | undefined {
  const { parameters, root, home } = step;
  const folder = baseOf(place.replaceAll('[', '?'));
  const isListed = dirname(place) === folder && !place.includes('[');
  if (isPlainFolder(folder, home) || !isFolderAt(folder) || filesOf(parameters).includes(place))
    return undefined;
  if (!isListed) {
    return isDeclaredInPart(folder, step)
      ? undefined
      : { text, path: folder, isReached: true, isFolder: true };
  }
  const names = namesInFolder(folder);
  const pattern = patternOf(basename(place));
  const isOpen = (name: string) => pattern.test(name) && !isDeclared(join(folder, name), parameters, root);
  return names.ok && names.value.some(isOpen)
    ? { text, path: place, isReached: true, isFolder: false }
    : undefined;
}

/** Whether a folder is declared, or something in it, by which the user has said what of it is read. */
function isDeclaredInPart(folder: string, { parameters, root }: Surroundings): boolean {
  return isDeclared(folder, parameters, root) || filesOf(parameters).some((entry) => isAtOrIn(entry, folder));
}

/** Of what the system shows as files, and are none. */
function isOfSystem(path: string): boolean {
  return /^\/(?:dev|proc|sys)(?:\/|$)/.test(path);
}

/** Folders that say nothing of what is read. */
function isPlainFolder(place: string, home: string): boolean {
  return ['/', '/tmp', tmpdir(), resolve('/', home)].includes(place);
}

/** The names in the root; folded, since some file systems tell no capitals apart. Undefined where it cannot be listed. */
const namesInRoot = lookedOnce((root): ReadonlySet<string> | undefined => {
  const found = namesInFolder(root);
  return found.ok ? new Set(found.value.map(folded)) : undefined;
});

/** Whether a word may name a file: it is a path, or a name in the root. */
export function mayBeFile(word: string, root: string): boolean {
  return word.includes('/') || namesInRoot(root)?.has(folded(word)) !== false;
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Folders of the user's, of programs and of what may be thrown away, which shape no result. */
const plainVariable =
  /^(?:PATH|HOME|SHELL|TMPDIR|TMP|TEMP|VIRTUAL_ENV|CONDA_PREFIX|\w*_HOME|\w*_CACHE(?:_DIR)?)$/;
/** Lists of folders with what programs load. */
const librariesVariable =
  /^(?:PYTHONPATH|(?:DY)?LD_\w+|(?:\w+_)?(?:LIBRARY|INCLUDE)_PATH|CPATH|CLASSPATH|NODE_PATH|MANPATH|PKG_CONFIG_PATH|PERL5LIB|R_LIBS\w*)$/;

/** All that may name a file. */
function wordsOf({ params, env }: ProgramGiven, { argv }: Launch, root: string): readonly string[] {
  const words = typeof argv === 'string' ? [] : argv.flatMap((word) => withValue(word));
  const lines = shellLines(argv).map(withoutWritten);
  const values = Object.entries(env).flatMap(([name, value]) =>
    !plainVariable.test(name) && !librariesVariable.test(name) && isPathOutside(String(value), root)
      ? [String(value)]
      : [],
  );
  return [
    ...words,
    ...lines.flatMap(shellTokens),
    ...lines.flatMap(quotedTexts),
    ...textsIn(params),
    ...values,
  ];
}

function isPathOutside(value: string, root: string): boolean {
  return value.startsWith('~/') || (isAbsolute(value) && leaves(relative(root, value)));
}

/** A word, and what stands in it after `=`. */
function withValue(word: string): readonly string[] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word] : [word, word.slice(equals + 1)];
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
