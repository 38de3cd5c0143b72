import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';

const defaults = { users: 1200, items: 343, tracks: 12, seed: 0 };

/** Made-up learners. */
export const dataSynthetic: Kind = {
  name: 'data.synthetic',
  summary:
    'Makes up interactions: learners with latent tracks who take course sequences in sessions, with popularity skew. It stands for no real data set.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      users: {
        description: 'Learners; nearly all have the 15 pairs that K = 5 and Q = 10 take.',
        type: 'integer',
        minimum: 1,
        maximum: 1000000,
        default: defaults.users,
      },
      items: {
        description: 'Courses.',
        type: 'integer',
        minimum: 8,
        maximum: 100000,
        default: defaults.items,
      },
      tracks: {
        description: 'Latent courses of study, each with an order of its own over partly the same items.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: defaults.tracks,
      },
      seed: {
        description: 'Another seed makes another world.',
        type: 'integer',
        minimum: 0,
        default: defaults.seed,
      },
    },
  },
  inputs: {},
  outputs: {
    interactions: {
      shape: fileOf('interactions'),
      description: 'position, user_id, item_id, timestamp (epoch seconds), in order of time.',
      from: [],
    },
  },
  canonical: (parameters) => ({ ...defaults, ...parameters }),
  load: () => import('./data-synthetic-body.js'),
};
