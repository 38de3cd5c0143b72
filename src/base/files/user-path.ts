import { readdirSync, type Stats, statSync } from 'node:fs';
import type { Failure } from '../failure.js';
import { failed, type Result, success } from '../result.js';

/** Why a path leads to nothing that can be read, by a fault of the path itself. */
export type PathTrouble =
  | 'absent'
  | 'below-a-file'
  | 'link-loop'
  | 'name-too-long'
  | 'nul-byte'
  | 'not-allowed';

/** What every file system of Linux and macOS takes as one name, in bytes. */
const nameBytesLimit = 255;
/** How much of a path is shown; a longer one is cut in its middle. */
const shownCharacters = 120;

/**
 * What a path that somebody wrote leads to, links followed.
 *
 * @throws the file system's error where the path is not at fault, such as a failing disk.
 */
export function lookAtPath(path: string): Result<Stats, PathTrouble> {
  const look = orTrouble(() => statSync(path, { throwIfNoEntry: false }));
  // An error for each word that names no file would take most of the time that reading a pipeline does.
  return look.ok && look.value === undefined ? failed('absent') : (look as Result<Stats, PathTrouble>);
}

/** The names in a folder that somebody wrote. */
export function namesInFolder(path: string): Result<readonly string[], PathTrouble> {
  return orTrouble(() => readdirSync(path));
}

function orTrouble<Value>(look: () => Value): Result<Value, PathTrouble> {
  try {
    return success(look());
  } catch (error) {
    const trouble = pathTrouble(error);
    if (trouble === undefined) throw error;
    return failed(trouble);
  }
}

/** Whether a path that somebody wrote leads to a file. */
export function isFileAt(path: string): boolean {
  const look = lookAtPath(path);
  return look.ok && look.value.isFile();
}

/** Whether a path that somebody wrote leads to a folder. */
export function isFolderAt(path: string): boolean {
  const look = lookAtPath(path);
  return look.ok && look.value.isDirectory();
}

/** The trouble that an error of the file system stands for; undefined where the path is not at fault. */
export function pathTrouble(error: unknown): PathTrouble | undefined {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'absent';
    case 'ENOTDIR':
      return 'below-a-file';
    case 'ELOOP':
      return 'link-loop';
    case 'ENAMETOOLONG':
      return 'name-too-long';
    // Node's own, before it asks the system.
    case 'ERR_INVALID_ARG_VALUE':
      return 'nul-byte';
    case 'EACCES':
    case 'EPERM':
      return 'not-allowed';
    default:
      return undefined;
  }
}

/** What is said of a file that cannot be read for such a reason. */
export function pathFailure(path: string, trouble: PathTrouble): Failure {
  return { reason: 'file-not-found', ...wordsOf(shortPath(path), trouble) };
}

function wordsOf(path: string, trouble: PathTrouble): Pick<Failure, 'message' | 'hint'> {
  switch (trouble) {
    case 'absent':
      return { message: `there is no file ${path}` };
    case 'below-a-file':
      return { message: `there is no file ${path}: what should be a folder on the way to it is a file` };
    case 'link-loop':
      return {
        message: `${path} cannot be read: its links lead round in a circle`,
        hint: 'replace the link by the file, or have it name the file',
      };
    case 'name-too-long':
      return { message: `${path} is too long to be the path of a file`, hint: 'write the path of a file' };
    case 'nul-byte':
      return {
        message: `${path} has a NUL character in it, which no path can have`,
        hint: 'write the path of a file',
      };
    case 'not-allowed':
      return {
        message: `${path} may not be read`,
        hint: 'allow it to be read: chmod u+r, and u+x for folders',
      };
  }
}

/** Why a path cannot be given to a new file, in words that follow the path; undefined where it can. */
export function unfitForNewFile(path: string): string | undefined {
  if (path.includes('\0')) return 'has a NUL character in it, which no path can have';
  const isTooLong = path.split('/').some((name) => Buffer.byteLength(name) > nameBytesLimit);
  return isTooLong ? `has a name of more than ${nameBytesLimit} bytes in it` : undefined;
}

/** The path, cut in its middle where it would fill a screen. */
export function shortPath(path: string): string {
  if (path.length <= shownCharacters) return path;
  const half = Math.floor(shownCharacters / 2);
  return `${path.slice(0, half)}…${path.slice(-half)}`;
}
