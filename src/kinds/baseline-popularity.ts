import { episodesPort, evaluationFacts, evaluationPorts, maxEpisodes, trainPort } from './baseline-ports.js';
import type { Kind } from './kind.js';

/** The same ranking for everybody. */
export const baselinePopularity: Kind = {
  name: 'baseline.popularity',
  summary:
    'Ranks items by how many pairs of the training users they are the next item of; of equally popular ones the lower id comes first.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: { max_episodes: maxEpisodes },
  },
  inputs: { train: trainPort, episodes: episodesPort },
  outputs: evaluationPorts,
  facts: evaluationFacts,
  load: () => import('./baseline-popularity-body.js'),
};
