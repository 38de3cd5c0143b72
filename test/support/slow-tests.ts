import { it } from 'vitest';

/** Whether tests run that take a quarter of a minute or more and prove what others do, too: CONTRIBUTING.md. */
export const runsSlowTests = process.env['KSHOT_SLOW_TESTS'] === '1';

/** A test of these. */
export const slowTest = it.skipIf(!runsSlowTests);
