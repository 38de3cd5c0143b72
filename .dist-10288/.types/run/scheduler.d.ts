import type { Digest } from '../base/canonical.js';
import type { JsonObject } from '../base/json.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { CodeDigests } from '../pipeline/plan/code-digests.js';
import type { Plan } from '../pipeline/plan/plan.js';
import type { Store } from '../store/store.js';
import type { Outcome, RunEvent } from './event.js';
import type { Executor } from './executor.js';
import type { Settled } from './schedule-state.js';
export interface ExecuteOptions {
    /** Whether what does not depend on a failed step still starts. */
    readonly keepGoing: boolean;
    /** What is computed although there is an entry: nothing, everything, or these steps (or nodes). */
    readonly force: 'none' | 'all' | readonly string[];
}
export interface ExecutePlan {
    readonly plan: Plan;
    readonly store: Store;
    /** Where nodes are executed; closed when the run ends. */
    readonly executor: Executor;
    readonly codes: CodeDigests;
    /** The project's root, absolute. */
    readonly root: string;
    readonly options: ExecuteOptions;
    /** An existing folder for the nodes' log files, absolute. */
    readonly logFolder: string;
    /** Where links to what the nodes write are made, absolute; without it there are none. */
    readonly nodesFolder?: string;
    /** Receives the `step.*` events; those of the run as a whole are the caller's. */
    readonly emit: (event: RunEvent) => void;
    /** Aborting it cancels: what runs is ended within about a second, its resumable state is kept. */
    readonly signal: AbortSignal;
    /** Nodes whose stored objects are known to be bad, set aside before planning. */
    readonly badObjects?: readonly string[];
    /** Why a node has to run, for people. */
    readonly reasonFor: (node: GraphNode, preimage: JsonObject, key: Digest) => string | Promise<string>;
    /** Whether `step.decision` tells what is decided of each node, and why. */
    readonly verbose?: boolean;
}
export interface NodeOutcome extends Settled {
    readonly node: GraphNode;
}
export interface RunOutcome {
    /** One for every node, in the plan's order. */
    readonly nodes: readonly NodeOutcome[];
    /** Nodes by outcome; they add up to all. */
    readonly counts: {
        readonly [outcome in Outcome]: number;
    };
    /** Nodes whose objects were found to be bad, set aside and computed again. */
    readonly badObjects: readonly string[];
}
/**
 * Executes what is not a hit, as much at once as slots and GPU tokens allow, and returns when every node has an
 * outcome and no process of it is left. Never rejects for what a step does.
 */
export declare function executePlan(run: ExecutePlan): Promise<RunOutcome>;
