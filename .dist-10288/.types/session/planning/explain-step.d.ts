import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { type PipelineRequest, type RequestPlace } from './plan-pipeline.js';
/** How the key of a node differs from the one that it had. */
export interface Explanation {
    readonly node: string;
    readonly state: PlannedNode['state'];
    readonly key?: string;
    /** Whether no run of this pipeline has got to this node. */
    readonly new: boolean;
    /** Why it runs although its key is that of the latest run that had it. */
    readonly reason?: string;
    /** What the key was compared with; absent where there was nothing. */
    readonly compared_with?: string;
    /** All of them, or without a key all but those of inputs. */
    readonly differences: readonly string[];
    /** Nodes that must run before the key is known. */
    readonly waits_for?: readonly string[];
}
/** Explains the keys of a step's nodes, or of one node. */
export declare function explainStep(place: RequestPlace, step: string, request: PipelineRequest): Promise<Result<readonly Explanation[], Failure[]>>;
