import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import { type GpuDevice } from '../../engines/gpu-devices.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
/** Where nodes are executed: in processes of their own, or in this one. */
export interface NodePool {
    /** How many processes were started so far. */
    readonly startedCount: number;
    /**
     * Runs one node. Never rejects: a process that dies is a failure, `worker-killed` where something outside the run
     * ended it.
     */
    execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>>;
    /** Asks what runs to end, and ends it after a second. Nothing can be executed afterwards. */
    cancel(): Promise<void>;
    /** Ends everything that was started; resolves when it is gone. */
    close(): Promise<void>;
    /** Frees what idle processes hold of the devices' memory. */
    retire(gpus: readonly GpuDevice[]): Promise<void>;
}
/**
 * Child processes that execute nodes, kept from one to the next. As many are started as are ever busy at once:
 * the caller bounds that.
 */
export declare class WorkerPool implements NodePool {
    private readonly module;
    private readonly onGpus;
    private readonly workers;
    private readonly idle;
    private started;
    private closed;
    /**
     * `module` is what a worker process starts with; tests give their own kinds this way. `onGpus` is told which
     * process was started for which devices.
     */
    constructor(module?: URL, onGpus?: (gpus: readonly GpuDevice[], processId: number) => void);
    /** How many processes were started so far. */
    get startedCount(): number;
    /**
     * Runs one node in a process of its own for that time. Never rejects: a process that dies is a failure,
     * `worker-killed` where something outside the run ended it.
     */
    execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>>;
    /** Asks what runs to end, and ends it after a second. Nothing can be executed afterwards. */
    cancel(): Promise<void>;
    /** Ends every process and what it started; resolves when they are gone. */
    close(): Promise<void>;
    /** Ends the idle processes that see any of the devices, which frees what they hold of the devices' memory. */
    retire(gpus: readonly GpuDevice[]): Promise<void>;
    private takeIdle;
    private start;
    private receive;
    private end;
}
