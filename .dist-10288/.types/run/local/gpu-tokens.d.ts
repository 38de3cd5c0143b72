import type { GpuDevice } from '../../engines/gpu-devices.js';
import type { Store } from '../../store/store.js';
export type TakenGpus = {
    readonly type: 'taken';
    readonly devices: readonly GpuDevice[];
}
/** Too few are free; `holder` says who has one, where that is another process. */
 | {
    readonly type: 'busy';
    readonly holder: string | undefined;
};
/**
 * The GPU tokens of a run, one for each device. A device is claimed in the store when a node first needs it, so that
 * runs in other terminals wait, and stays claimed from node to node until it is given up.
 */
export declare class GpuTokens {
    private readonly store;
    private readonly devices;
    private readonly held;
    constructor(store: Pick<Store, 'claimDevice'>, devices: readonly GpuDevice[]);
    /**
     * Takes so many devices, or none: those that this run has claimed already first.
     *
     * @throws FailureError where claims cannot be written
     */
    take(count: number): TakenGpus;
    /** A node is done with its devices; they stay this run's. */
    giveBack(devices: readonly GpuDevice[]): void;
    /** Takes out what no node uses, to be given up: `release` it when the processes that used it have ended. */
    takeUnused(): readonly GpuDevice[];
    /** Says which process computes on the devices. */
    usedBy(devices: readonly GpuDevice[], processId: number): void;
    /** Lets other runs have the devices. */
    release(devices?: readonly GpuDevice[]): void;
    private setInUse;
}
