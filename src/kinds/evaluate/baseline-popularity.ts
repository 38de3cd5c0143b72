import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { evaluationParameters } from '../shared-parameters.js';
import { episodesPort, evaluationFacts, evaluationPorts, trainPort } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters({
  properties: { max_episodes: evaluationParameters.max_episodes },
});

/** What reaches the body. */
export type PopularityParameters = Canonical<typeof parameters>;

/** The same ranking for everybody. */
export const baselinePopularity = defineKind({
  name: 'baseline.popularity',
  summary:
    'Ranks items by how many pairs of the training users they are the next item of; of equally popular ones the lower id comes first.',
  parameters,
  inputs: { train: trainPort, episodes: episodesPort },
  outputs: evaluationPorts,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./baseline-popularity-body.js'),
});
