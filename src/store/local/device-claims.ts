import { rmSync, symlinkSync } from 'node:fs';
import { FailureError } from '../../base/failure.js';
import { rethrowAsFailure } from '../../base/failure-of-exception.js';
import type { DeviceClaim } from '../store.js';
import type { Layout } from './layout.js';
import { describeOwner, processOfThisHost, thisProcess } from './lock-owner.js';
import { acquireLock, inspectLock, releaseLock } from './locks.js';

/**
 * Tries to take a device of this host for this process, among all that use the cache. The lock of a dead process is
 * taken over, but only when the worker that had the device is gone too: it outlives its run for a moment.
 *
 * @throws FailureError where locks cannot be written, or a lock is not one that kshot wrote
 */
export function claimDevice(layout: Layout, device: string): DeviceClaim {
  // Another host that shares the cache has devices of its own.
  const path = layout.deviceLock(thisProcess('').host, device);
  const workerPath = `${path}.worker`;
  try {
    const lock = acquireLock(path, { overSilent: true });
    if (lock.type === 'busy' || lock.type === 'silent')
      return { type: 'busy', owner: describeOwner(lock.owner) };
    if (lock.type === 'foreign') {
      throw new FailureError({
        reason: 'lock-foreign',
        message: `nobody can tell who holds GPU ${device}`,
        hint: `if no kshot runs on this cache, remove ${path} and run again`,
      });
    }
    const worker = inspectLock(workerPath);
    if (worker?.type === 'busy') {
      releaseLock(path, lock.token);
      return { type: 'busy', owner: describeOwner(worker.owner) };
    }
    rmSync(workerPath, { force: true });
    return {
      type: 'claimed',
      usedBy(processId) {
        rmSync(workerPath, { force: true });
        symlinkSync(JSON.stringify(processOfThisHost(processId, lock.token)), workerPath);
      },
      release() {
        releaseLock(workerPath, lock.token);
        releaseLock(path, lock.token);
      },
    };
  } catch (error) {
    rethrowAsFailure(error, `claiming GPU ${device}`);
  }
}
