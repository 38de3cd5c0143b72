import type { Failure } from '../../base/failure.js';
import type { PlannedPipeline } from '../planning/plan-pipeline.js';
/**
 * What is wrong with the engines that nodes to be executed want: said at once, not after hours of what comes before
 * them. An engine without optional packages needs nothing that could be missing.
 */
export declare function unavailableEngines({ plan, store, }: Pick<PlannedPipeline, 'plan' | 'store'>): Promise<readonly Failure[]>;
