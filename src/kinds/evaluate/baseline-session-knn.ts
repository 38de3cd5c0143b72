import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { evaluationParameters } from '../shared-parameters.js';
import { episodesPort, evaluationFacts, evaluationPorts, trainPort } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters(
  {
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
      similarity: {
        description:
          'How alike a session is to the prefix: the cosine of their sets of items (S-KNN), or the sum over shared items of the place in the prefix over its length, so that what came last counts most (linear_decay, V-SKNN).',
        enum: ['cosine', 'linear_decay'],
        default: 'cosine',
      },
      exclude_last: {
        description:
          "Whether the prefix's last item is ranked last. Every neighbour may hold it, so it mostly scores highest, and where data.pairs has dropped repeats it is never what comes next.",
        type: 'boolean',
        default: false,
      },
      ...evaluationParameters,
    },
  },
  { settings: ['neighbours', 'sample_size'] },
);

/** What reaches the body. */
export type SessionKnnParameters = Canonical<typeof parameters>;

/** What similar sessions went on with. */
export const baselineSessionKnn = defineKind({
  name: 'baseline.session_knn',
  summary:
    'Ranks items by the training users’ sessions that are most like the prefix: an item scores the sum of the similarities of the sessions that hold it.',
  parameters,
  inputs: {
    train: trainPort,
    episodes: episodesPort,
    settings: {
      shape: fileOf('settings'),
      description: 'Chosen values of neighbours and sample_size, in place of those of `with`.',
      required: false,
    },
  },
  outputs: evaluationPorts,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./baseline-session-knn-body.js'),
});
