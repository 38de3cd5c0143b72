import { describe, expect, it } from 'vitest';
import { exitCodeOf, largestExitCode } from '../../src/base/exit-code.js';

describe('exitCodeOf', () => {
  it.each([
    ['worker-crashed', 1],
    ['worker-killed', 1],
    ['object-corrupt', 1],
    ['usage', 2],
    ['sql-refused', 2],
    ['cycle', 2],
    ['test-leak', 3],
    ['disk', 36],
    ['claim-lost', 36],
    ['lock-foreign', 36],
    ['bug', 37],
  ] as const)('maps %s to %d', (reason, code) => {
    expect(exitCodeOf(reason)).toBe(code);
  });
});

describe('largestExitCode', () => {
  it('is that of the gravest failure, and 0 without one', () => {
    expect(largestExitCode([])).toBe(0);
    expect(largestExitCode([{ reason: 'step-failed' }, { reason: 'disk' }, { reason: 'usage' }])).toBe(36);
  });
});
