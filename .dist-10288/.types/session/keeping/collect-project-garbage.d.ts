import { type LostResults } from '../../artifacts/kept-results.js';
import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { GarbagePlan } from '../../store/upkeep.js';
/** What is to be kept. */
export interface GarbageRequest {
    /** How many distinct results of each pipeline keep what they reach. */
    readonly keep: number;
    /** Whether it is only said what would go. */
    readonly dryRun?: boolean;
}
/** What went, or would go. */
export interface CollectedGarbage extends GarbagePlan {
    /** The runs whose results were kept because they are pinned. */
    readonly pinned: readonly string[];
    /** Of which runs and nodes it was. */
    readonly losses: readonly LostResults[];
}
/** Removes from the cache what neither the last distinct results of any pipeline nor pinned runs reach. */
export declare function collectProjectGarbage(root: string, { keep, dryRun }: GarbageRequest): Promise<Result<CollectedGarbage, Failure[]>>;
