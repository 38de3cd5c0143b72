import { type EpisodeSet } from '../../data/read-episodes.js';
import type { KindContext } from '../kind.js';
/**
 * The episodes at an input port that is a bundle of pairs, episodes and items.
 *
 * @throws FailureError `bad-data`
 */
export declare function readEpisodesAt(context: KindContext, port: string, maxPrefixLength: number): Promise<EpisodeSet>;
