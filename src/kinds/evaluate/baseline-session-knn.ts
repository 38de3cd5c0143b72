import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { episodesPort, evaluationFacts, evaluationPorts, maxEpisodes, trainPort } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters({
  properties: {
    neighbours: {
      description: 'How many of the most similar sessions count; of equally similar ones the more recent.',
      type: 'integer',
      minimum: 1,
      default: 100,
    },
    sample_size: {
      description:
        'How many sessions neighbours are looked for among: the most recent of those that share an item with the prefix.',
      type: 'integer',
      minimum: 1,
      default: 1000,
    },
    max_prefix_length: {
      description: 'Longer prefixes keep their last items only.',
      type: 'integer',
      minimum: 1,
      default: 50,
    },
    max_episodes: maxEpisodes,
  },
});

/** What reaches the body. */
export type SessionKnnParameters = Canonical<typeof parameters>;

/** What similar sessions went on with. */
export const baselineSessionKnn = defineKind({
  name: 'baseline.session_knn',
  summary:
    'Ranks items by the training users’ sessions that are most like the prefix (cosine of their sets of items): an item scores the sum of the similarities of the sessions that hold it.',
  parameters,
  inputs: { train: trainPort, episodes: episodesPort },
  outputs: evaluationPorts,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./baseline-session-knn-body.js'),
});
