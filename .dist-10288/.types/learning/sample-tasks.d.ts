import type { Task } from '../data/pair-set.js';
import { type Episode, type EpisodeSet } from '../data/read-episodes.js';
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
export declare function createTaskSampler(episodes: EpisodeSet, count: number, seed: number): TaskSampler;
/** The episode's pairs. */
export declare function taskOf(episodes: EpisodeSet, episode: Episode): Task;
