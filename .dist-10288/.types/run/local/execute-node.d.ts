import type { Kind, Progress } from '../../kinds/kind.js';
import type { Executed, ExecuteRequest } from '../executor.js';
/** What the process around an execution does for it. */
export interface ExecutionHooks {
    readonly signal: AbortSignal;
    progress(progress: Progress): void;
    log(line: string): void;
    printed(ended: readonly string[], open: readonly string[]): void;
    note(line: string): void;
    ownProcessGroup(processId: number): void;
}
/** Runs the body of a kind and stages what it wrote. Throws what the body throws. */
export declare function executeNode(request: ExecuteRequest, kind: Kind, hooks: ExecutionHooks): Promise<Executed>;
