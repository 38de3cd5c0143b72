import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';

const fraction = { type: 'number', minimum: 0, maximum: 1 };
const split = (role: 'train' | 'val' | 'test') =>
  ({
    shape: fileOf('pairs'),
    description: `The pairs of the users of ${role}.`,
    role,
  }) as const;

/** Users to train, val and test. */
export const dataSplit: Kind = {
  name: 'data.split',
  summary: 'Divides the users, each with all of its pairs, into train, val and test.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      train: { description: 'Expected fraction of users that train.', ...fraction, default: 0.7 },
      val: { description: 'Expected fraction of users to choose by.', ...fraction, default: 0.15 },
      test: {
        description:
          'Expected fraction of users to judge by; default: all others. Users beyond the sum are left out.',
        ...fraction,
      },
      seed: {
        description:
          'A user’s split depends on this, the fractions and the user’s own id, so adding users moves nobody else.',
        type: 'integer',
        minimum: 0,
        default: 0,
      },
    },
  },
  inputs: {
    pairs: {
      shape: {
        type: 'bundle',
        ports: { pairs: fileOf('pairs'), items: fileOf('items') },
      },
      description: 'The outputs of data.pairs.',
    },
  },
  outputs: {
    train: split('train'),
    val: split('val'),
    test: split('test'),
    items: { shape: fileOf('items'), description: 'The catalogue, as it came.', from: [] },
  },
  check: ({ parameters }) => {
    const { train, val, test } = fractions(parameters);
    return train + val + test > 1 + 1e-9
      ? [{ message: `train, val and test add up to ${train + val + test}, more than 1` }]
      : [];
  },
  canonical: (parameters) => ({ ...fractions(parameters), seed: parameters['seed'] ?? 0 }),
  slots: 'free',
  load: () => import('./data-split-body.js'),
};

function fractions(parameters: { readonly [name: string]: unknown }): {
  train: number;
  val: number;
  test: number;
} {
  const train = Number(parameters['train'] ?? 0.7);
  const val = Number(parameters['val'] ?? 0.15);
  // Rounded, so that 1 - 0.7 - 0.15 and 0.15 are one key.
  const rest = Math.max(0, Math.round((1 - train - val) * 1e12) / 1e12);
  return { train, val, test: Number(parameters['test'] ?? rest) };
}
