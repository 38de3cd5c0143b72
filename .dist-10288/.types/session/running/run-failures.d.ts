import type { Failure } from '../../base/failure.js';
import type { RunOutcome } from '../../run/scheduler.js';
/** What went wrong, with its place in the pipeline. */
export declare function failuresOf(outcome: RunOutcome): Failure[];
/** The nodes whose stored results were damaged and are good again. */
export declare function repairedNodes({ nodes, badObjects }: RunOutcome): readonly string[];
