import type { Failure } from './failure.js';
/**
 * The failure that an error of loading stands for where a package is not installed, such as the part of DuckDB for this
 * machine, which npm leaves out with `--omit=optional`; undefined of any other error.
 */
export declare function missingPackageFailure(error: unknown): Failure | undefined;
