import { describe, expect, it } from 'vitest';
import { sharedPrograms, watchedPrograms, watchPrograms } from '../../../src/run/local/watched-programs.js';

describe('what a watchdog is told', () => {
  it('is what was said last, and nothing before and after', () => {
    const shared = sharedPrograms();
    expect(watchedPrograms(shared)).toBeUndefined();
    const programs = { groups: [17, 4711], folder: '/a/"folder"/of ü' };
    watchPrograms(shared, programs);
    expect(watchedPrograms(shared)).toEqual(programs);
    watchPrograms(shared, { groups: [1], folder: '/b' });
    expect(watchedPrograms(shared)).toEqual({ groups: [1], folder: '/b' });
    watchPrograms(shared);
    expect(watchedPrograms(shared)).toBeUndefined();
  });

  it('has room for the longest path and the groups that were started last', () => {
    const shared = sharedPrograms();
    const folder = '\u0001'.repeat(4096);
    const groups = Array.from({ length: 5_000 }, (_, index) => 1_000_000 + index);
    watchPrograms(shared, { groups, folder });
    expect(watchedPrograms(shared)).toEqual({ groups: groups.slice(-1_000), folder });
  });

  it('is passed over where it is being written for ever', () => {
    const shared = sharedPrograms();
    watchPrograms(shared, { groups: [1], folder: '/a' });
    Atomics.add(new Int32Array(shared, 0, 1), 0, 1);
    expect(watchedPrograms(shared)).toBeUndefined();
  });
});
