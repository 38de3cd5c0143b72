import { episodesPort, evaluationFacts, evaluationPorts, maxEpisodes } from './baseline-ports.js';
import type { Kind } from './kind.js';

/** What guessing gives. */
export const baselineRandom: Kind = {
  name: 'baseline.random',
  summary:
    'Ranks the query pairs’ next items in an order of the whole catalogue drawn anew for every pair: accuracy@1 is 1 / items but for chance.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      seed: {
        description: 'What is drawn for a pair depends on this and its pair_id alone.',
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
      },
      max_episodes: maxEpisodes,
    },
  },
  inputs: { episodes: episodesPort },
  outputs: evaluationPorts,
  facts: evaluationFacts,
  load: () => import('./baseline-random-body.js'),
};
