import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { evaluationParameters } from '../shared-parameters.js';
import { episodesPort, evaluationFacts, evaluationPorts, trainPort } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters(
  {
    properties: {
      support_weight: {
        description:
          "What the shares in the user's own transitions, those of the support pairs and of the prefix, count beside the shares in those of the training users; 0 is the training users alone.",
        type: 'number',
        minimum: 0,
        default: 0,
      },
      ...evaluationParameters,
    },
  },
  {
    settings: ['support_weight'],
    canonical: {
      // Without the user's own transitions only the last item of a prefix matters.
      max_prefix_length: (length, { support_weight }) => (support_weight > 0 ? length : 1),
    },
  },
);

/** What reaches the body. */
export type MarkovParameters = Canonical<typeof parameters>;

/** What came right after the last item: the control that a sequence model has to beat. */
export const baselineMarkov = defineKind({
  name: 'baseline.markov',
  summary:
    "Ranks items by how often they came right after the prefix's last item (a Markov chain of the first order): as shares in the training users' transitions, plus `support_weight` times the shares in the user's own. Equal ones are ranked by popularity in train, then by id.",
  parameters,
  inputs: {
    train: trainPort,
    episodes: {
      ...episodesPort,
      description:
        'The episodes of the users to evaluate on; their support pairs count where support_weight is above 0.',
    },
    settings: {
      shape: fileOf('settings'),
      description: 'A chosen value of support_weight, in place of that of `with`.',
      required: false,
    },
  },
  outputs: evaluationPorts,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./baseline-markov-body.js'),
});
