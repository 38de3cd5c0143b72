import type { GpuDevice } from '../../engines/gpu-devices.js';
import type { DeviceClaim, Store } from '../../store/store.js';

export type TakenGpus =
  | { readonly type: 'taken'; readonly devices: readonly GpuDevice[] }
  /** Too few are free; `holder` says who has one, where that is another process. */
  | { readonly type: 'busy'; readonly holder: string | undefined };

type Claimed = Extract<DeviceClaim, { type: 'claimed' }>;

/** A device that this run has claimed among all runs on its cache. */
interface ClaimedDevice {
  readonly claim: Claimed;
  /** A node of this run has it, or it is on its way back. */
  inUse: boolean;
}

/**
 * The GPU tokens of a run, one for each device. A device is claimed in the store when a node first needs it, so that
 * runs in other terminals wait, and stays claimed from node to node until it is given up.
 */
export class GpuTokens {
  private readonly store: Pick<Store, 'claimDevice'>;
  private readonly devices: readonly GpuDevice[];
  private readonly claimed = new Map<string, ClaimedDevice>();

  constructor(store: Pick<Store, 'claimDevice'>, devices: readonly GpuDevice[]) {
    this.store = store;
    this.devices = devices;
  }

  /**
   * Takes so many devices, or none: those that this run has claimed already first.
   *
   * @throws FailureError where claims cannot be written
   */
  take(count: number): TakenGpus {
    const idle = (device: GpuDevice) => this.claimed.get(device.id)?.inUse === false;
    const chosen = this.devices.filter(idle).slice(0, count);
    const claimed: GpuDevice[] = [];
    let holder: string | undefined;
    for (const device of this.devices) {
      if (chosen.length + claimed.length === count) break;
      if (this.claimed.has(device.id)) continue;
      const claim = this.store.claimDevice(device.id);
      if (claim.type === 'busy') {
        holder = claim.owner;
      } else {
        this.claimed.set(device.id, { claim, inUse: false });
        claimed.push(device);
      }
    }
    const devices = [...chosen, ...claimed];
    if (devices.length < count) {
      // Not kept while waiting for more: of two runs that each want all, one must get them.
      this.release(claimed);
      return { type: 'busy', holder };
    }
    for (const { id } of devices) this.setInUse(id, true);
    return { type: 'taken', devices };
  }

  /** A node is done with its devices; they stay this run's. */
  giveBack(devices: readonly GpuDevice[]): void {
    for (const { id } of devices) this.setInUse(id, false);
  }

  /** Takes out what no node uses, to be given up: `release` it when the processes that used it have ended. */
  takeUnused(): readonly GpuDevice[] {
    const unused = this.devices.filter(({ id }) => this.claimed.get(id)?.inUse === false);
    for (const { id } of unused) this.setInUse(id, true);
    return unused;
  }

  /** Says which process computes on the devices. */
  usedBy(devices: readonly GpuDevice[], processId: number): void {
    for (const { id } of devices) this.claimed.get(id)?.claim.usedBy(processId);
  }

  /** Lets other runs have the devices. */
  release(devices: readonly GpuDevice[] = this.devices): void {
    for (const { id } of devices) {
      this.claimed.get(id)?.claim.release();
      this.claimed.delete(id);
    }
  }

  private setInUse(id: string, inUse: boolean): void {
    const claimed = this.claimed.get(id);
    if (claimed !== undefined) claimed.inUse = inUse;
  }
}
