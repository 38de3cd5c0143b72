import { type Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { Kind } from '../../kinds/kind.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
import type { NodePool } from './worker-pool.js';
/**
 * Executes nodes in this process, one after another, so that a debugger or a profiler of it sees the bodies. The same
 * requests give the same bytes as in processes of their own; what is lost is what those are for: a body that crashes
 * ends the run, one that never waits cannot be cancelled, and programs that it started outlive a `kill -9`.
 */
export declare class InProcessPool implements NodePool {
    readonly startedCount = 0;
    private readonly kinds;
    /** Settles when what was asked for so far is done. */
    private last;
    private running;
    private closed;
    private readonly onExit;
    constructor(kinds: {
        readonly [name: string]: Kind;
    });
    execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>>;
    cancel(): Promise<void>;
    close(): Promise<void>;
    /** What a library of this process holds of a device, it keeps. */
    retire(): Promise<void>;
    private executeNow;
    private killPrograms;
}
