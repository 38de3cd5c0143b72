import type { Failure } from '../base/failure.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { PlannedNode } from '../pipeline/plan/plan.js';
import type { Entry } from '../store/entry.js';
import type { Capacity } from './executor.js';
import { type Resources } from './resources.js';
import { type ScheduleWorld, type Settled, type Startable, type Timing } from './schedule-state.js';
/**
 * Which node may start, which is settled without starting, and what follows from each outcome. Holds no process, no
 * file and no clock: effects are told to it, in any order in which they can happen.
 */
export declare class Schedule {
    private readonly world;
    private readonly total;
    private readonly states;
    private readonly outputs;
    /** Ranked so that the longest chain goes first. */
    private readonly ready;
    private resolvable;
    /** The node that computes a key, or is about to; those of equal key follow it. */
    private readonly leaders;
    /** Keys that this run computed. */
    private readonly computed;
    readonly badObjects: Set<string>;
    constructor(nodes: readonly PlannedNode[], forced: (node: GraphNode) => boolean, total: Capacity, world: ScheduleWorld);
    /** What the nodes that are done gave, by node id. */
    get outputsByNode(): ReadonlyMap<string, Entry['outputs']>;
    get hasReady(): boolean;
    /** The one of those that are ready that starts before the others. */
    get firstReady(): {
        readonly node: GraphNode;
    } | undefined;
    /** The outcome of every node, in the plan's order; undefined where there is none yet. */
    outcomes(): readonly {
        readonly node: GraphNode;
        readonly settled: Settled | undefined;
    }[];
    /** Takes the next node to start, if one fits what is free. */
    next(free: Resources): {
        readonly start: Startable;
        readonly granted: Resources;
    } | undefined;
    /** The node was computed, here (`ran`) or by another run (`joined`). */
    succeeded(node: GraphNode, outcome: 'ran' | 'joined', entry: Entry, reason: string, timing: Timing): void;
    /** The node came to nothing; what depends on it will not start. */
    ended(node: GraphNode, outcome: 'failed' | 'cancelled', failure: Failure, timing: Timing): void;
    /** The node waits for another process. */
    waitElsewhere(node: GraphNode): void;
    /** What the other process was found to have given; without an entry the node may be tried again. */
    lookedElsewhere(node: GraphNode, entry: Entry | undefined, reason: string): void;
    /** The node could not start because outputs of `producers` were bad: they run again, then it is looked at again. */
    inputsBad(node: GraphNode, producers: readonly string[]): void;
    /** Settles all that has no outcome. */
    stop(ending: Pick<Settled, 'outcome' | 'reason' | 'after'>): void;
    private stateOf;
    private resolveAll;
    /** Gives a node whose inputs are known its key, and settles it where there is nothing to compute. */
    private resolve;
    /** Of a node that the plan has found to run, and of whose inputs nothing has changed since. */
    private knownFromPlan;
    /** The key of a node is known, or cannot be: it is settled where there is nothing to compute. */
    private answered;
    private decide;
    /** Why a node cannot start although all that it needs has ended. */
    private lackOf;
    private standsAsPlanned;
    private makeReady;
    /** Back to where its key is not known, and those that follow it too. */
    private takeBackStart;
    private repair;
    /** Takes a node's outcome back, and that of all that was settled on the strength of it. */
    private reopen;
    /** A node that wants more than there is can never start. */
    private failWithoutMeans;
    private fail;
    private settleWith;
    /** One more of what a node needs has ended. */
    private countEnded;
    /** Settles a node that came to nothing, and all that cannot do without it. */
    private settle;
    private conclude;
}
