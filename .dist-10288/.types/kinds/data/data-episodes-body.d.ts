import type { KindContext } from '../kind.js';
import type { EpisodesParameters } from './data-episodes.js';
/** Writes pairs, episodes and catalogue of each split. */
export declare function run(context: KindContext<EpisodesParameters>): Promise<void>;
