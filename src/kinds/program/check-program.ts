import { dirname, isAbsolute } from 'node:path';
import { shortPath, unfitForNewFile } from '../../base/files/user-path.js';
import { nearestName } from '../../base/nearest-name.js';
import { declaredNames, declaredValue } from '../declared-values.js';
import type { Objection, PlannedStep } from '../kind.js';
import { type Launch, placeholdersIn } from './launch.js';
import { checkOutputs, outputPaths } from './program-outputs.js';
import { filesOf, leaves, type ProgramGiven } from './program-parameters.js';

/** What Linux takes as one word of a program's arguments, in bytes. */
const wordBytesLimit = 131_071;

/** Where words stand that a user wrote: under which parameter. */
export interface WrittenWords {
  readonly parameter: string;
  readonly words: readonly string[];
}

/** What is wrong with a program whichever way it is started. */
export function checkProgram(
  { parameters, inputNames, files }: PlannedStep<ProgramGiven>,
  written: WrittenWords,
  launch: Launch,
): readonly Objection[] {
  const objections: Objection[] = [];
  const object = (message: string, ...path: readonly string[]) => objections.push({ message, path });
  for (const [index, path] of filesOf(parameters).entries()) {
    if (path === '.' || path.split('/')[0] === '..') {
      object(
        `files: ${path} is not a path inside the root, relative to it; outside of it, write an absolute path`,
        'files',
        String(index),
      );
    }
  }
  for (const [port, path] of Object.entries(outputPaths(parameters.outputs))) {
    if (leaves(withoutSlash(path)))
      object(`outputs.${port}: ${path} leaves the step's folder`, 'outputs', port);
  }
  for (const [index, name] of parameters.pass_env.entries()) {
    if (Object.hasOwn(parameters.env, name)) object(`${name} is in env, too`, 'pass_env', String(index));
  }
  const places = placesOf(parameters, inputNames, files?.map(({ path }) => path) ?? filesOf(parameters));
  return [
    ...objections,
    ...checkOutputs(parameters.outputs, inputNames),
    ...misspeltNames(parameters, written),
    ...unfitTexts(written, launch),
    ...unfitPlaces(places),
    ...clashes(places),
  ];
}

/** `{lrr}` where `lr` is declared; what is near to nothing may be meant as it is. */
function misspeltNames({ params }: ProgramGiven, { parameter, words }: WrittenWords): readonly Objection[] {
  const known = declaredNames(params);
  return words.flatMap((word, index) =>
    placeholdersIn(word)
      .filter((name) => declaredValue(params, name) === undefined && nearestName(name, known) !== undefined)
      .map((name) => ({
        message: `{${name}} is none of params, and stays as it is: {{${name}}} says that it should`,
        path: [parameter, String(index)],
        unknown: { name, known },
      })),
  );
}

/** Words and values that the system can give to no program. */
function unfitTexts({ parameter, words }: WrittenWords, { argv, env }: Launch): readonly Objection[] {
  const started = typeof argv === 'string' ? [argv] : argv;
  const objections: Objection[] = [];
  const pathOf = (index: number) =>
    index < words.length && started.length === words.length ? [parameter, String(index)] : [parameter];
  for (const [index, word] of started.entries()) {
    if (word.includes('\0')) {
      objections.push({
        message: `${parameter} has a NUL character in it, which no program can be given`,
        path: pathOf(index),
      });
    } else if (word.length > wordBytesLimit / 3 && Buffer.byteLength(word) > wordBytesLimit) {
      objections.push({
        message: `a word of ${Buffer.byteLength(word)} bytes is more than a program can be given (${wordBytesLimit}): have it read the file that KSHOT_PARAMS names`,
        path: pathOf(index),
      });
    }
  }
  for (const [name, text] of Object.entries(env)) {
    if (!(name + text).includes('\0')) continue;
    objections.push({
      message: 'env has a NUL character in it, which no program can be given',
      path: ['env', name],
    });
  }
  return objections;
}

/** A place in the step's folder and what it is for. */
interface Place {
  readonly owner: string;
  readonly path: string;
  /** A folder of files, in which a program may write others. */
  readonly isFolder?: boolean;
  /** Of the parameter that says so; of an input none does. */
  readonly parameter?: readonly string[];
}

function placesOf(
  parameters: ProgramGiven,
  inputNames: readonly string[],
  named: readonly string[],
): readonly Place[] {
  // Absolute ones are read where they are.
  const files = named.filter((path) => !isAbsolute(path));
  return [
    ...inputNames
      .filter((name) => name !== 'settings')
      .map((name): Place => ({ owner: `in.${name}`, path: name })),
    ...[...new Set(files)].map(
      (path): Place => ({
        owner: 'files',
        path: path.replace(/\/$/, ''),
        isFolder: path.endsWith('/'),
        parameter: ['files'],
      }),
    ),
    ...Object.entries(outputPaths(parameters.outputs)).map(
      ([port, path]): Place => ({
        owner: `outputs.${port}`,
        path: withoutSlash(path),
        parameter: ['outputs', port],
      }),
    ),
  ];
}

/** The path of an output, which ends in a slash where it is a folder. */
function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** Inputs and outputs that no file can be made for; files of the root are looked at where a plan is made. */
function unfitPlaces(places: readonly Place[]): readonly Objection[] {
  return places.flatMap(({ owner, path, parameter }) => {
    const why = owner === 'files' ? undefined : unfitForNewFile(path);
    if (why === undefined) return [];
    const message = `${shortPath(owner)}: ${shortPath(path)} ${why}`;
    return [{ message, ...(parameter === undefined ? {} : { path: parameter }) }];
  });
}

/** Paths that would have two owners, or be a file and a folder at once. */
function clashes(places: readonly Place[]): readonly Objection[] {
  const owners = new Map<string, Place>();
  const objections: Objection[] = [];
  const object = (place: Place, other: Place, message: string) => {
    const path = place.parameter ?? other.parameter;
    objections.push({
      message: `${place.owner}: ${place.path} ${message} ${other.owner}; rename one of them`,
      ...(path === undefined ? {} : { path }),
    });
  };
  for (const place of places) {
    const other = owners.get(place.path);
    if (other === undefined) owners.set(place.path, place);
    else object(place, other, "is in the step's folder the same file as");
  }
  for (const place of places) {
    for (let above = dirname(place.path); above !== '.' && above !== '/'; above = dirname(above)) {
      const other = owners.get(above);
      if (other === undefined || other.isFolder === true) continue;
      object(place, other, `is inside of ${above}, which is the place of`);
    }
  }
  return objections;
}
