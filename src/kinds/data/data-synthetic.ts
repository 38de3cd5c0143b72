import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const parameters = declareParameters({
  properties: {
    users: {
      description: 'Learners; nearly all have the 15 pairs that K = 5 and Q = 10 take.',
      type: 'integer',
      minimum: 1,
      maximum: 1000000,
      default: 1200,
    },
    items: {
      description: 'Courses.',
      type: 'integer',
      minimum: 8,
      maximum: 100000,
      default: 343,
    },
    tracks: {
      description: 'Latent courses of study, each with an order of its own over partly the same items.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 12,
    },
    repeats: {
      description:
        'Whether learners go round a few items and take them again, which tests whether a model remembers the support; else each item is taken once and a learner follows two latent tracks, which tests whether it infers a taste from the support.',
      type: 'boolean',
      default: true,
    },
    seed: {
      description: 'Another seed makes another world.',
      type: 'integer',
      minimum: 0,
      default: 0,
    },
  },
});

/** What reaches the body. */
export type SyntheticParameters = Canonical<typeof parameters>;

/** Made-up learners. */
export const dataSynthetic = defineKind({
  name: 'data.synthetic',
  summary:
    'Makes up interactions: learners with latent tracks who take course sequences in sessions, with popularity skew. It stands for no real data set.',
  parameters,
  inputs: {},
  outputs: {
    interactions: {
      shape: fileOf('interactions'),
      description: 'position, user_id, item_id, timestamp (epoch seconds), in order of time.',
      from: [],
    },
  },
  load: () => import('./data-synthetic-body.js'),
});
