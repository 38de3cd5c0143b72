import { describe, expect, it } from 'vitest';
import { isTimeToRehearse } from '../../../src/report/html/rehearsal-time.js';

const progress = (settled: number, running = 1, secondsSinceStart = 10) => ({
  nodes: 80,
  settled,
  running,
  secondsSinceStart,
});

describe('drawing a page beside the steps', () => {
  it('is done once at half of the nodes, and once near the end', () => {
    expect(isTimeToRehearse(progress(39), 0)).toBe(false);
    expect(isTimeToRehearse(progress(40), 0)).toBe(true);
    expect(isTimeToRehearse(progress(69), 1)).toBe(false);
    expect(isTimeToRehearse(progress(70), 1)).toBe(true);
    expect(isTimeToRehearse(progress(75), 2)).toBe(false);
  });

  it('is near the end where all that is left executes, however few nodes there are', () => {
    expect(isTimeToRehearse({ ...progress(2), nodes: 3 }, 1)).toBe(true);
    expect(isTimeToRehearse({ ...progress(1), nodes: 3 }, 1)).toBe(false);
  });

  it('is no use in a short run, or when all is done', () => {
    expect(isTimeToRehearse(progress(75, 1, 1), 0)).toBe(false);
    expect(isTimeToRehearse(progress(80, 0), 0)).toBe(false);
  });
});
