import { episodeFiles } from '../../shapes.js';
import { typedOutput } from './typed-output.js';

/** What a program ranked. */
export const readRanks = typedOutput({
  content: 'ranks',
  summary:
    'Reads ranks that a program wrote: rows (CSV, JSON lines, a JSON array, parquet) with the columns pair_id and rank, 1 the best, one for each query pair; where a pair is in several episodes and is ranked otherwise in each, with the column episode_id.',
  description: 'A row for each query pair, with its user and episode.',
  inputs: {
    episodes: { shape: episodeFiles, description: 'The episodes whose query pairs were ranked.' },
  },
  load: () => import('./read-ranks-body.js'),
});
