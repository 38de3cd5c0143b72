import type { ExternalFile, ExternalFiles } from '../kind.js';
import { type ProgramGiven } from './program-parameters.js';
/** The files that the entries of `files` stand for, without those that the program itself writes. */
export declare function declaredFiles(given: ProgramGiven, root: string): ExternalFiles;
/** Whether a file, relative to the root, is one of those that `files` declares. */
export declare function isDeclared(path: string, given: Pick<ProgramGiven, 'files'>, root: string): boolean;
/** Every Python module below the root: which of them a script imports is not looked at. */
export declare function pythonModules(root: string): readonly ExternalFile[];
