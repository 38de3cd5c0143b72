import { type Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { Kind } from '../../kinds/kind.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
import type { StepLog } from '../step-log.js';
/** What a body has around it, in whatever process it runs. */
export interface RequestSurroundings {
    /** Its own log, opened and closed by the caller. */
    readonly log: StepLog;
    /** Ends the body; aborted here when its time is up. */
    readonly cancel: AbortController;
    readonly listener: ExecutionListener;
    /** Told of a process group that must not outlive the body. */
    readonly ownProcessGroup: (processId: number) => void;
}
/** Runs the body that a request names, in this process. Never rejects: what it throws is a failure that can be sent. */
export declare function executeRequest(request: ExecuteRequest, kinds: {
    readonly [name: string]: Kind;
}, { log, cancel, listener, ownProcessGroup }: RequestSurroundings): Promise<Result<Executed, Failure>>;
