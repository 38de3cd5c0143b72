import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { GarbageOptions, GarbagePlan } from '../upkeep.js';
import { type Layout } from './layout.js';
/** What would be removed; changes nothing. */
export declare function planGarbage(layout: Layout, options: GarbageOptions): GarbagePlan;
/**
 * Removes what `planGarbage` finds while no key can be claimed, and says what went. Fails with `lock-foreign` or
 * `cache-unwritable`; the plan's `heldBy` says why nothing but leftovers went.
 */
export declare function collectGarbage(layout: Layout, options: GarbageOptions): Result<GarbagePlan, Failure>;
