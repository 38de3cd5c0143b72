import type { DeviceClaim } from '../store.js';
import type { Layout } from './layout.js';
/**
 * Tries to take a device of this host for this process, among all that use the cache. The lock of a dead process is
 * taken over, but only when the worker that had the device is gone too: it outlives its run for a moment.
 *
 * @throws FailureError where locks cannot be written, or a lock is not one that kshot wrote
 */
export declare function claimDevice(layout: Layout, device: string): DeviceClaim;
