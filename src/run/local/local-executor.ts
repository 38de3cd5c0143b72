import type { Failure } from '../../base/failure.js';
import type { Result } from '../../base/result.js';
import type { GpuDevice } from '../../engines/gpu-devices.js';
import type { Store } from '../../store/store.js';
import type {
  Capacity,
  Executed,
  ExecuteRequest,
  ExecutionListener,
  Executor,
  Reservation,
} from '../executor.js';
import type { Resources } from '../resources.js';
import { GpuTokens } from './gpu-tokens.js';
import { machineMemory, machineSlots } from './machine.js';
import { type NodePool, WorkerPool } from './worker-pool.js';

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
export class LocalExecutor implements Executor {
  readonly capacity: Capacity;
  private readonly tokens: GpuTokens;
  private readonly pool: NodePool;

  constructor(store: Pick<Store, 'claimDevice'>, { slots, gpus, workerModule, pool }: LocalExecutorOptions) {
    this.capacity = {
      slots: Math.max(1, slots),
      cpus: Math.max(machineSlots(), slots),
      gpus: gpus.length,
      memoryBytes: machineMemory(),
    };
    this.tokens = new GpuTokens(store, gpus);
    this.pool =
      pool ?? new WorkerPool(workerModule, (given, processId) => this.tokens.usedBy(given, processId));
  }

  /** How many worker processes were started so far. */
  get startedCount(): number {
    return this.pool.startedCount;
  }

  reserve({ gpus }: Resources): Reservation {
    const taken = this.tokens.take(gpus);
    if (taken.type === 'busy') return taken;
    return {
      type: 'reserved',
      gpus: taken.devices,
      release: () => this.tokens.giveBack(taken.devices),
    };
  }

  execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>> {
    return this.pool.execute(request, listener);
  }

  async yieldDevices(): Promise<void> {
    const unused = this.tokens.takeUnused();
    if (unused.length === 0) return;
    // The processes that hold their memory first.
    await this.pool.retire(unused);
    this.tokens.release(unused);
  }

  cancel(): Promise<void> {
    return this.pool.cancel();
  }

  async close(): Promise<void> {
    await this.pool.close();
    this.tokens.release();
  }
}
