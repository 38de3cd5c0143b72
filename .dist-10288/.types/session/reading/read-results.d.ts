import { type Report } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
/** What a run found, read from verified files. */
export declare function readResults(root: string, name?: string): Promise<Result<Report, Failure[]>>;
