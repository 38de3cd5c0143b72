import { describe, expect, it } from 'vitest';
import type { EpisodeSet } from '../../src/data/read-episodes.js';
import { createTaskSampler } from '../../src/learning/sample-tasks.js';
import { pairSet } from '../engines/arbitrary-tasks.js';

/** User `u` has `u + 1` episodes; the label of an episode's only query pair tells which episode it is. */
function episodesOf(users: number): EpisodeSet {
  const owners = Array.from({ length: users }, (_, user) => new Array<number>(user + 1).fill(user)).flat();
  return {
    itemCount: owners.length,
    pairs: pairSet(owners.map((_, episode) => ({ prefix: [0], label: episode }))),
    pairIds: Float64Array.from(owners, (_, episode) => episode),
    episodes: owners.map((user, episodeId) => ({
      episodeId,
      userId: `user-${user}`,
      support: Int32Array.of(episodeId),
      query: Int32Array.of(episodeId),
    })),
  };
}

const labelsOf = (drawn: ReturnType<ReturnType<typeof createTaskSampler>>) =>
  drawn.map(({ task }) => task.query.labels[0]);

describe('createTaskSampler', () => {
  it('draws as many different users as asked for, each with an episode of their own', () => {
    const episodes = episodesOf(6);
    const draw = createTaskSampler(episodes, 4, 1);
    for (let iteration = 0; iteration < 50; iteration++) {
      const drawn = draw(iteration);
      expect(new Set(drawn.map(({ userId }) => userId)).size).toBe(4);
      for (const { userId, task } of drawn) {
        expect(episodes.episodes[task.query.labels[0] ?? -1]?.userId).toBe(userId);
      }
    }
  });

  it('draws for an iteration what does not depend on the draws before it', () => {
    const inOrder = createTaskSampler(episodesOf(6), 3, 1);
    const drawn = [0, 1, 2, 3].map((iteration) => labelsOf(inOrder(iteration)));
    const fresh = createTaskSampler(episodesOf(6), 3, 1);
    expect([3, 0, 2].map((iteration) => labelsOf(fresh(iteration)))).toEqual([drawn[3], drawn[0], drawn[2]]);
  });

  it('draws otherwise for another seed and another iteration', () => {
    const draws = [1, 2].flatMap((seed) => {
      const draw = createTaskSampler(episodesOf(20), 10, seed);
      return [labelsOf(draw(0)).join(), labelsOf(draw(1)).join()];
    });
    expect(new Set(draws).size).toBe(4);
  });

  it("draws every user equally often, and each one's episodes equally often", () => {
    const draw = createTaskSampler(episodesOf(4), 2, 1);
    const users = new Map<string, number>();
    const episodes = new Map<number, number>();
    const iterations = 4000;
    for (let iteration = 0; iteration < iterations; iteration++) {
      for (const { userId, task } of draw(iteration)) {
        users.set(userId, (users.get(userId) ?? 0) + 1);
        const label = task.query.labels[0] ?? -1;
        episodes.set(label, (episodes.get(label) ?? 0) + 1);
      }
    }
    // Each user in half of the iterations; five standard deviations of a binomial are 158.
    for (const times of users.values()) expect(Math.abs(times - iterations / 2)).toBeLessThan(158);
    // The last user's four episodes share those 2,000 draws; five standard deviations are 97.
    for (const episode of [6, 7, 8, 9]) {
      expect(Math.abs((episodes.get(episode) ?? 0) - iterations / 8)).toBeLessThan(97 + 158 / 4);
    }
  });

  it('refuses to draw more users than there are', () => {
    expect(() => createTaskSampler(episodesOf(3), 4, 1)).toThrow('only 3 have an episode');
  });
});
