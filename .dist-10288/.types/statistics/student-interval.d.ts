import type { Interval } from './bootstrap.js';
/**
 * The mean's 95 % interval by Student's t, for a few independent values (seeds) that a bootstrap would flatter. NaN for
 * fewer than two.
 */
export declare function studentInterval(values: readonly number[]): Interval;
/** The t below which 97.5 % of Student's distribution lie, for whole degrees of freedom from 1. */
export declare function studentQuantile(degrees: number): number;
