import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import { type RunComparison } from '../../report/compare-runs.js';
/** Two runs, compared. */
export interface ComparedRuns {
    readonly comparison: RunComparison;
    /** Whether their tables say the same and no step differs. */
    readonly haveSameResults: boolean;
    /** The metrics that either has, as they are read. */
    readonly metrics: readonly string[];
}
/** Compares two runs by their names; without `before`, with the run of the same pipeline before. */
export declare function compareNamedRuns(root: string, before?: string, after?: string): Promise<Result<ComparedRuns, Failure[]>>;
