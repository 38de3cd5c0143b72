import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { evaluationParameters } from '../shared-parameters.js';
import { episodesPort, evaluationFacts, evaluationPorts } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters({
  properties: {
    seed: {
      description: 'What is drawn for a pair depends on this and its pair_id alone.',
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 0,
    },
    max_episodes: evaluationParameters.max_episodes,
    top_items: evaluationParameters.top_items,
  },
});

/** What reaches the body. */
export type RandomParameters = Canonical<typeof parameters>;

/** What guessing gives. */
export const baselineRandom = defineKind({
  name: 'baseline.random',
  summary:
    'Ranks the query pairs’ next items in an order of the whole catalogue drawn anew for every pair: accuracy@1 is 1 / items but for chance.',
  parameters,
  inputs: { episodes: episodesPort },
  outputs: evaluationPorts,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./baseline-random-body.js'),
});
