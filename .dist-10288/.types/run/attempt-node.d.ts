import type { Digest } from '../base/canonical.js';
import type { Failure } from '../base/failure.js';
import { type Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { Plan } from '../pipeline/plan/plan.js';
import { type OutputsByNode } from '../pipeline/plan/resolve-inputs.js';
import type { Entry, ObjectReference } from '../store/entry.js';
import type { Store } from '../store/store.js';
import type { ExecutionListener, Executor } from './executor.js';
import { type Resources } from './resources.js';
/** What executing a node takes from the run around it. */
export interface Surroundings {
    readonly store: Store;
    readonly executor: Executor;
    /** The project's root, absolute. */
    readonly root: string;
    /** Content digests of external files by path as written, which the keys were made with. */
    readonly files: Plan['files'];
    readonly logFolder: string;
    readonly kshotVersion: string;
    /** What the nodes that are done gave. */
    readonly outputs: OutputsByNode;
    /** Of each derived node that from which it is. */
    readonly derivedFrom: ReadonlyMap<string, string>;
}
/** One node whose key is known, with what it was granted. */
export interface Job {
    readonly node: GraphNode;
    readonly key: Digest;
    readonly preimage: JsonObject;
    /** As the body gets them. */
    readonly parameters: JsonObject;
    readonly inputs: {
        readonly [port: string]: Tree<ObjectReference>;
    };
    readonly granted: Resources;
    /** As many devices as were granted. */
    readonly gpus: readonly GpuDevice[];
    /** Execute although there is an entry. */
    readonly forced: boolean;
    /** Without the state that an attempt of an earlier run left. */
    readonly startsOver: boolean;
}
export interface AttemptListener extends ExecutionListener {
    /** Asked once all is prepared: whether it may still start. */
    mayStart(): boolean;
    /** The key is this run's and the inputs are sound: execution begins. */
    started(time: Date): void;
    /** This execution, be it the first or not, has its files in this folder. */
    worksIn(folder: string): void;
    /** It failed, and what it had written is in this folder now. */
    kept(folder: string): void;
    /** It came to nothing, and left state from which the next attempt goes on. */
    keptState(): void;
    /** It failed and is executed again; `how` says which time that is: `once more`, `again, attempt 2 of 3`. */
    again(failure: Failure, how: string): void;
    /** It gave its outputs, and the process is free again; what follows is publication. */
    executed(): void;
}
export type Attempt = {
    readonly type: 'ran';
    readonly entry: Entry;
}
/** Another run has computed it meanwhile. */
 | {
    readonly type: 'joined';
    readonly entry: Entry;
}
/** Another live process computes it. */
 | {
    readonly type: 'busy';
    readonly owner: string;
}
/** Objects of these nodes' outputs are not what their names say; they are set aside. */
 | {
    readonly type: 'bad-inputs';
    readonly producers: readonly string[];
}
/** The run was stopped before the execution began. */
 | {
    readonly type: 'not-started';
} | {
    readonly type: 'failed';
    readonly failure: Failure;
};
/**
 * Claims the node's key, checks its inputs, executes it and publishes what it gave; gives the claim back in any case.
 * All of it is done once more where something outside the run ended the process that executed it, and as often as the
 * step says where it failed; each time in fresh folders, when nothing of the time before is left running.
 */
export declare function attemptNode(job: Job, surroundings: Surroundings, listener: AttemptListener): Promise<Attempt>;
