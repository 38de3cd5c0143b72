import { FailureError } from '../base/failure.js';
import { randomStream } from '../base/random.js';
import type { Task } from '../data/pair-set.js';
import { type Episode, type EpisodeSet, selectPairs } from '../data/read-episodes.js';

/** A drawn task and whose it is. */
export interface DrawnTask {
  readonly userId: string;
  readonly task: Task;
}

/** Draws the tasks of any iteration; iterations are counted from 0. */
export type TaskSampler = (iteration: number) => readonly DrawnTask[];

/**
 * Draws `count` users without replacement, and one of each one's episodes uniformly. What is drawn for an iteration
 * depends on the episodes, the seed and the iteration alone, never on earlier draws.
 *
 * @throws FailureError `bad-data` where fewer than `count` users have an episode
 */
export function createTaskSampler(episodes: EpisodeSet, count: number, seed: number): TaskSampler {
  const episodesOfUser = new Map<string, Episode[]>();
  for (const episode of episodes.episodes) {
    const own = episodesOfUser.get(episode.userId);
    if (own === undefined) episodesOfUser.set(episode.userId, [episode]);
    else own.push(episode);
  }
  const users = [...episodesOfUser.values()];
  if (users.length < count) {
    throw new FailureError({
      reason: 'bad-data',
      message: `meta_batch_size is ${count}, the users that are drawn for each meta-iteration, and only ${users.length} have an episode`,
      hint: `set meta_batch_size under \`with\` to at most ${users.length}; or give the training split more users, or ask for fewer pairs an episode (k, q)`,
    });
  }
  return (iteration) => {
    const random = randomStream(seed, 'tasks', iteration);
    return random.sampleWithoutReplacement(users.length, count).map((user) => {
      // The sample's indices are those of `users`, and no user is without an episode.
      const own = users[user]!;
      const episode = own[random.integer(own.length)]!;
      return { userId: episode.userId, task: taskOf(episodes, episode) };
    });
  };
}

/** The episode's pairs. */
export function taskOf(episodes: EpisodeSet, episode: Episode): Task {
  return {
    support: selectPairs(episodes.pairs, episode.support),
    query: selectPairs(episodes.pairs, episode.query),
  };
}
