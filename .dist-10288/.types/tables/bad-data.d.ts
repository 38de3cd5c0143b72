import { FailureError } from '../base/failure.js';
/**
 * Runs an action over a file of the user's; what DuckDB says against the file becomes a `bad-data` failure that names
 * the file and, where DuckDB tells, the line; DuckDB's own words are its details. Running out of memory becomes `disk`; what the system says of itself is passed on.
 *
 * @param file as the user knows it
 * @param hint what the file should look like
 */
export declare function readingUserFile<Value>(file: string, hint: string, action: () => Promise<Value>): Promise<Value>;
/** A failure that says what is wrong with a file of the user's. */
export declare function badData(file: string, problem: string, more?: {
    line?: number;
    hint?: string;
    details?: readonly string[];
    cause?: unknown;
}): FailureError;
