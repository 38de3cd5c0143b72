import { closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename, delimiter, isAbsolute, resolve } from 'node:path';
import { lookedOnce } from '../../../base/files/looked-once.js';
import { isProgram, programIn } from '../../../base/files/program-file.js';
import type { Launch } from '../launch.js';
import { isShell, lineOfShell, shellLines, shellTokens } from './shell-lines.js';

/** Programs that a step starts, as far as its words tell. */
export interface LaunchedPrograms {
  readonly programs: readonly LaunchedProgram[];
  /** Pythons among them, with their arguments. */
  readonly pythons: readonly (readonly string[])[];
  /** Programs that start another which they choose themselves, each once. */
  readonly choosers: readonly { readonly name: string; readonly lock: readonly string[] }[];
}

export interface LaunchedProgram {
  /** What it is called by; of several by one name, with a number. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** Where programs are looked for. */
export interface ProgramSurroundings {
  /** The project's root, absolute. */
  readonly root: string;
  /** Folders in which programs are looked for, as in PATH. */
  readonly searched: string;
}

/** They start what stands after their own options, as it is. */
const wrappers = new Set(
  'env nice ionice nohup time timeout stdbuf setsid taskset numactl xvfb-run exec command srun mpirun mpiexec xargs find parallel flock chrt'.split(
    ' ',
  ),
);
/** They run a program in an environment of theirs: by which word, and what that goes by. */
const choosers: { readonly [name: string]: { readonly word: string; readonly lock: readonly string[] } } = {
  uv: { word: 'run', lock: ['uv.lock', 'pyproject.toml'] },
  poetry: { word: 'run', lock: ['poetry.lock', 'pyproject.toml'] },
  pipenv: { word: 'run', lock: ['Pipfile.lock', 'Pipfile'] },
  pdm: { word: 'run', lock: ['pdm.lock', 'pyproject.toml'] },
  hatch: { word: 'run', lock: ['pyproject.toml'] },
  pixi: { word: 'run', lock: ['pixi.lock', 'pixi.toml'] },
  conda: { word: 'run', lock: ['environment.yml'] },
  mamba: { word: 'run', lock: ['environment.yml'] },
  micromamba: { word: 'run', lock: ['environment.yml'] },
};
/** Words of a shell that stand before a command, and commands of its own. */
const shellWords = new Set('if then else elif while until do case ! { time'.split(' '));
const shellCommands = new Set(
  '. : [ alias bg break cd continue done echo esac eval exit export false fg fi for getopts hash in jobs kill local printf pwd read readonly return select set shift source test times trap true type ulimit umask unset wait'.split(
    ' ',
  ),
);
/** A script that starts one that starts one … ends somewhere. */
const depthLimit = 8;

/** The programs that a list of words or the line of a shell starts. */
export function launchedPrograms(argv: Launch['argv'], surroundings: ProgramSurroundings): LaunchedPrograms {
  const found: Found = { programs: new Map(), pythons: [], choosers: new Map(), lines: new Set() };
  follow(typeof argv === 'string' ? ['/bin/sh'] : argv, surroundings, found, 0);
  for (const line of shellLines(argv)) followLine(line, surroundings, found, 0);
  return {
    programs: [...found.programs.values()],
    pythons: found.pythons,
    choosers: [...found.choosers].map(([name, lock]) => ({ name, lock })),
  };
}

/** Of which the first word behind options is a script. */
const interpreter = /^(?:(?:python|pypy|perl|ruby)[\d.]*|node(?:js)?|Rscript|julia)$/;
const scriptName = /^[^-+].*\.\w+$/;

/**
 * Whether a list of words starts the same programs and scripts whatever is put into those of them that are open: one
 * program, written out, that is no script itself and starts none of its arguments.
 */
export function isPlainStart(
  argv: readonly string[],
  surroundings: ProgramSurroundings,
  isOpen: (word: string) => boolean,
): boolean {
  const [word = '', ...rest] = argv;
  const name = basename(word);
  if (isOpen(word) || wrappers.has(name) || Object.hasOwn(choosers, name) || isShell(name)) return false;
  if (interpreter.test(name)) {
    const script = rest.findIndex(
      (one, index) =>
        scriptName.test(one) ||
        (index === 0 ? !/^[-+]/.test(one) : /^-[A-Za-z]*m$/.test(rest[index - 1] ?? '')),
    );
    if (script < 0 || rest.slice(0, script + 1).some(isOpen)) return false;
  }
  const path = programAt(word, surroundings);
  return path === undefined || interpreterOfScript(path).length === 0;
}

interface Found {
  /** By path, links followed. */
  readonly programs: Map<string, LaunchedProgram>;
  readonly pythons: (readonly string[])[];
  readonly choosers: Map<string, readonly string[]>;
  /** Of shell, that have been followed. */
  readonly lines: Set<string>;
}

/** Commands of a line, by what stands before and between them, and whatever else in it may be a program. */
function followLine(line: string, surroundings: ProgramSurroundings, found: Found, depth: number): void {
  if (line === '' || found.lines.has(line)) return;
  found.lines.add(line);
  for (const part of line.split(/[;&|()`\n]+/)) {
    const words = part.split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''));
    const start = words.findIndex((word) => word !== '' && !isAssignment(word) && !shellWords.has(word));
    const command = start < 0 ? [] : words.slice(start);
    if (command.length > 0 && !shellCommands.has(command[0] ?? ''))
      follow(command, surroundings, found, depth);
  }
  followTokens(shellTokens(line), surroundings, found, depth);
}

function followTokens(
  tokens: readonly string[],
  surroundings: ProgramSurroundings,
  found: Found,
  depth: number,
): void {
  for (const [index, token] of tokens.entries()) {
    if (token.includes('/') || shellWords.has(token) || shellCommands.has(token)) continue;
    const path = programAt(token, surroundings);
    if (path !== undefined && !found.programs.has(realPath(path)))
      follow(tokens.slice(index), surroundings, found, depth);
  }
}

function follow(
  words: readonly string[],
  surroundings: ProgramSurroundings,
  found: Found,
  depth: number,
): void {
  const [word = '', ...rest] = words;
  const name = basename(word);
  if (depth > depthLimit || word === '') return;
  const chooser = Object.hasOwn(choosers, name) ? choosers[name] : undefined;
  if (chooser !== undefined && rest.includes(chooser.word)) {
    found.choosers.set(`${name} ${chooser.word}`, chooser.lock);
  }
  if (isPython(name)) found.pythons.push(words);
  if (wrappers.has(name)) follow(wrapped(rest, surroundings), surroundings, found, depth + 1);
  if (isShell(name)) followLine(lineOfShell(rest), surroundings, found, depth + 1);
  const path = programAt(word, surroundings);
  if (path === undefined) return;
  // By a relative path it is one of the project, which is declared, or an input.
  if ((isAbsolute(word) || !word.includes('/')) && !add(name, path, found)) return;
  // Of a version manager; a Python is asked which it is.
  if (/\/shims\/[^/]+$/.test(path) && !isPython(name)) found.choosers.set(name, ['.tool-versions']);
  const interpreter = interpreterOfScript(path);
  if (interpreter.length > 0) follow([...interpreter, ...words], surroundings, found, depth + 1);
}

/** Whether the program is one more. */
function add(name: string, path: string, { programs }: Found): boolean {
  const real = realPath(path);
  if (programs.has(real)) return false;
  const others = [...programs.values()].filter((one) => basename(one.path) === name).length;
  programs.set(real, { name: others === 0 ? name : `${name} (${others + 1})`, path });
  return true;
}

/** What a wrapper starts: the words from the first on that is a program; none where there is none. */
function wrapped(words: readonly string[], surroundings: ProgramSurroundings): readonly string[] {
  const start = words.findIndex(
    (one) => !isAssignment(one) && !/^[-\d]/.test(one) && programAt(one, surroundings) !== undefined,
  );
  return start < 0 ? [] : words.slice(start);
}

/** Whether a program of that name is a Python, which can be asked for its version and what a script imports. */
export function isPython(name: string): boolean {
  return /^(?:python|pypy)[\d.]*$/.test(name);
}

/** What a Python is told to run, by the words after it: a script or a module, where it is told so. */
export function pythonStart(
  words: readonly string[],
): { readonly script: string } | { readonly module: string } | undefined {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (/^-[A-Za-z]*c/.test(word) || word === '-') return undefined;
    if (/^-[A-Za-z]*m$/.test(word)) return { module: words[index + 1] ?? '' };
    if (/^-[XW]$/.test(word)) index++;
    else if (!word.startsWith('-')) return { script: word };
  }
  return undefined;
}

function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word);
}

/** Where the program is that a word names, if it can be started and read. */
function programAt(word: string, { root, searched }: ProgramSurroundings): string | undefined {
  if (word.includes('\0')) return undefined;
  if (!word.includes('/')) return programOnPath(`${word}\0${searched}`);
  const place = resolve(root, word);
  return isReadableProgram(place) ? place : undefined;
}

/** By its name and the folders, as in PATH. */
const programOnPath = lookedOnce((wanted) => {
  const [name = '', searched = ''] = wanted.split('\0');
  const folders = searched.split(delimiter).filter((folder) => isAbsolute(folder));
  return programIn(folders, name, isReadableProgram);
});

const realPath = lookedOnce((path) => realpathSync(path));

/** One that may not be read cannot be counted by its content. */
const isReadableProgram = lookedOnce((place) => isProgram(place, constants.X_OK | constants.R_OK));

/** The words after `#!`; none of what is no script. */
const interpreterOfScript = lookedOnce((path): readonly string[] => {
  const start = Buffer.alloc(256);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  const [line = ''] = start.toString('latin1', 0, length).split('\n');
  return line.startsWith('#!') ? line.slice(2).trim().split(/\s+/) : [];
});
