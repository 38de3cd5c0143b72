import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { evaluationParameters } from '../shared-parameters.js';
import { episodesPort, evaluationFacts, evaluationPorts, trainPort } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters(
  {
    properties: {
      last_pairs: {
        description:
          'Counts the most recent so many pairs of train alone, by the time of their next items; without it, all.',
        type: 'integer',
        minimum: 1,
      },
      last_days: {
        description: 'Counts the pairs of the last so many days of train alone; without it, all.',
        type: 'number',
        exclusiveMinimum: 0,
      },
      max_episodes: evaluationParameters.max_episodes,
      top_items: evaluationParameters.top_items,
    },
  },
  { settings: ['last_pairs', 'last_days'] },
);

/** What reaches the body. */
export type PopularityParameters = Canonical<typeof parameters>;

/** The same ranking for everybody. */
export const baselinePopularity = defineKind({
  name: 'baseline.popularity',
  summary:
    'Ranks items by how many pairs of the training users they are the next item of, of all or of the most recent ones; equally popular ones by all pairs, then by id.',
  parameters,
  inputs: {
    train: trainPort,
    episodes: episodesPort,
    settings: {
      shape: fileOf('settings'),
      description: 'Chosen values of last_pairs and last_days, in place of those of `with`.',
      required: false,
    },
  },
  outputs: evaluationPorts,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./baseline-popularity-body.js'),
});
