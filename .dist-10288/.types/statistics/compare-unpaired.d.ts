import type { Comparison, Measurement } from './compare.js';
/**
 * Compares two evaluations on different query pairs, as independent samples of users: wider than a paired comparison,
 * because what the users differ in is not taken out.
 *
 * Resample r of both comes from the same random stream, so each is set against the other's from the far end: no two
 * that meet share their draws.
 */
export declare function compareUnpaired(model: Measurement, other: Measurement): Comparison;
