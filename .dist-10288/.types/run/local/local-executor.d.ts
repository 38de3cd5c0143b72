import type { Failure } from '../../base/failure.js';
import type { Result } from '../../base/result.js';
import type { GpuDevice } from '../../engines/gpu-devices.js';
import type { Store } from '../../store/store.js';
import type { Capacity, Executed, ExecuteRequest, ExecutionListener, Executor, Reservation } from '../executor.js';
import type { Resources } from '../resources.js';
import { type NodePool } from './worker-pool.js';
export interface LocalExecutorOptions {
    /** How many CPU slots there are, at least 1. */
    readonly slots: number;
    /** The devices that nodes may be given. */
    readonly gpus: readonly GpuDevice[];
    /** What worker processes start with; default the built worker. */
    readonly workerModule?: URL;
    /** What executes in their place. */
    readonly pool?: NodePool;
}
/** Executes nodes in processes of this machine, whose GPUs are claimed in the store. */
export declare class LocalExecutor implements Executor {
    readonly capacity: Capacity;
    private readonly tokens;
    private readonly pool;
    constructor(store: Pick<Store, 'claimDevice'>, { slots, gpus, workerModule, pool }: LocalExecutorOptions);
    /** How many worker processes were started so far. */
    get startedCount(): number;
    reserve({ gpus }: Resources): Reservation;
    execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>>;
    yieldDevices(): Promise<void>;
    cancel(): Promise<void>;
    close(): Promise<void>;
}
