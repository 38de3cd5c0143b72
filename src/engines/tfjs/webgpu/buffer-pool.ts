import { DeviceOutOfMemoryError } from './webgpu-device.js';

/** WebGPU's numbers, which a browser has as globals. */
export const bufferUsage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyDestination: 0x8,
  uniform: 0x40,
  storage: 0x80,
  queryResolve: 0x200,
} as const;
export const mapModeRead = 1;

/** What every buffer of the passes can be used for. */
const storageUsage = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyDestination;

/** Reads for which a free buffer is kept though nobody takes it. */
const idleReads = 16;
/** Bytes from which on nothing free is kept: half more than an engine lets the tasks of one part take. */
const mostKept = 6 * 2 ** 30;

/** A buffer on loan. */
export interface Lease {
  readonly buffer: GPUBuffer;
  /** Gives it back, if it was not given back before. Commands that were recorded before still see it as it was. */
  release(): void;
}

/** Buffers that are used again: in a steady state nothing is allocated. */
export interface BufferPool {
  /** A buffer of at least `bytes`, of any content. Throws where the device has no such buffers. */
  lease(bytes: number, usage?: number): Lease;
  /** Takes back all that is on loan. */
  releaseAll(): void;
  /** Waits until the device has said whether it had room for all buffers so far; throws where it had not. */
  settle(): Promise<void>;
  /** Ends a read: frees what nobody took for a while, and all that is free where it has become very much. */
  trim(): void;
  /** Frees everything, buffers in use too. */
  close(): void;
  readonly bytesAllocated: number;
  readonly buffers: number;
  /** How many are on loan. */
  readonly leases: number;
}

export function createBufferPool(device: GPUDevice): BufferPool {
  const free = new Map<string, { readonly buffer: GPUBuffer; readonly since: number }[]>();
  const leases = new Set<Lease>();
  let checks: Promise<GPUError | null>[] = [];
  let reads = 0;
  let bytesAllocated = 0;
  let buffers = 0;
  const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  const destroy = (buffer: GPUBuffer): void => {
    bytesAllocated -= buffer.size;
    buffers--;
    buffer.destroy();
  };
  const create = (size: number, usage: number): GPUBuffer => {
    device.pushErrorScope('out-of-memory');
    const buffer = device.createBuffer({ size, usage });
    checks.push(device.popErrorScope());
    bytesAllocated += size;
    buffers++;
    return buffer;
  };
  const freeAll = (): void => {
    for (const list of free.values()) for (const { buffer } of list) destroy(buffer);
    free.clear();
  };
  return {
    lease(bytes, usage = storageUsage) {
      const size = sizeClass(bytes);
      if (size > most) {
        throw new DeviceOutOfMemoryError(`a buffer of ${size} bytes is beyond the device's ${most}`);
      }
      const key = `${size} ${usage}`;
      const buffer = free.get(key)?.pop()?.buffer ?? create(size, usage);
      const lease: Lease = {
        buffer,
        release() {
          if (!leases.delete(lease)) return;
          const list = free.get(key);
          if (list === undefined) free.set(key, [{ buffer, since: reads }]);
          else list.push({ buffer, since: reads });
        },
      };
      leases.add(lease);
      return lease;
    },
    releaseAll() {
      for (const lease of [...leases]) lease.release();
    },
    async settle() {
      const waiting = checks;
      checks = [];
      const error = (await Promise.all(waiting)).find((one) => one !== null);
      if (error === undefined || error === null) return;
      freeAll();
      throw new DeviceOutOfMemoryError(`the device has no more memory: ${error.message}`);
    },
    trim() {
      reads++;
      if (bytesAllocated > mostKept) return freeAll();
      for (const [key, list] of free) {
        const kept = list.filter(({ since }) => reads - since <= idleReads);
        for (const one of list) if (!kept.includes(one)) destroy(one.buffer);
        if (kept.length === 0) free.delete(key);
        else free.set(key, kept);
      }
    },
    close() {
      freeAll();
      for (const { buffer } of leases) destroy(buffer);
      leases.clear();
    },
    get bytesAllocated() {
      return bytesAllocated;
    },
    get buffers() {
      return buffers;
    },
    get leases() {
      return leases.size;
    },
  };
}

/** The next of 4, 5, 6 and 7 times a power of two, so that sizes that differ little share buffers. */
function sizeClass(bytes: number): number {
  let unit = 64;
  while (7 * unit < bytes) unit *= 2;
  for (const times of [4, 5, 6]) if (times * unit >= bytes) return times * unit;
  return 7 * unit;
}
