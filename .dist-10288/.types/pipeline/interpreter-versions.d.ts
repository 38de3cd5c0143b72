import type { Failure } from '../base/failure.js';
import { type Result } from '../base/result.js';
import type { Interpreter } from '../kinds/kind.js';
/** Tells of programs that compute in nodes which versions they are. */
export interface InterpreterVersions {
    versionOf(interpreter: Omit<Interpreter, 'parameter'>): Result<string, Failure>;
}
/**
 * Asks a program once, and again when its file is another one; what it answered is kept in the cache, so that planning
 * starts no process. One that is itself a script, or a link to a tool, may start this or that, and is asked each time.
 *
 * @param root of the project, by which such a tool may go
 */
export declare function openInterpreterVersions(cacheFolder: string, root: string): InterpreterVersions;
