import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const fraction = { type: 'number', minimum: 0, maximum: 1 } as const;
const split = (role: 'train' | 'val' | 'test') =>
  ({
    shape: fileOf('pairs'),
    description: `The pairs of the users of ${role}.`,
    role,
  }) as const;

const parameters = declareParameters(
  {
    properties: {
      train: { description: 'Expected fraction of users that train.', ...fraction, default: 0.7 },
      val: { description: 'Expected fraction of users to choose by.', ...fraction, default: 0.15 },
      test: {
        description:
          'Expected fraction of users to judge by; default: all others. Users beyond the sum are left out.',
        ...fraction,
      },
      by: {
        description:
          '`users` divides them by chance, whenever they acted. `time` trains on the earliest `train` of the pairs; users who began later are val and test, the later pairs of users who began before are left out, so that train knows nothing that is later than a query.',
        enum: ['users', 'time'],
        default: 'users',
      },
      folds: {
        description:
          'Divides the users into so many folds in place of the fractions: `fold` is test, the next one val, the others train. A matrix over `fold` has each user in test once.',
        type: 'integer',
        minimum: 3,
        maximum: 100,
      },
      fold: { description: 'Which of the folds is test, from 0.', type: 'integer', minimum: 0 },
      seed: {
        description:
          'A user’s split depends on this, the fractions and the user’s own id, so adding users moves nobody else.',
        type: 'integer',
        minimum: 0,
        default: 0,
      },
    },
  },
  { canonical: { test: (_, fractions) => testOf(fractions) } },
);

/** What reaches the body. */
export type SplitParameters = Canonical<typeof parameters>;

/** The fraction of test: as given, else what train and val leave. */
function testOf({
  train,
  val,
  test,
}: {
  readonly train: number;
  readonly val: number;
  readonly test?: number;
}): number {
  // Rounded, so that 1 - 0.7 - 0.15 and 0.15 are one key.
  return test ?? Math.max(0, Math.round((1 - train - val) * 1e12) / 1e12);
}

/** Users to train, val and test. */
export const dataSplit = defineKind({
  name: 'data.split',
  summary:
    'Divides the users into train, val and test: by chance, by the time when they began, or into folds.',
  parameters,
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
    const { train, val, by, folds, fold } = parameters;
    const test = testOf(parameters);
    return [
      ...(train + val + test > 1 + 1e-9
        ? [{ message: `train, val and test add up to ${train + val + test}, more than 1` }]
        : []),
      ...((folds === undefined) === (fold === undefined)
        ? []
        : [
            {
              message: `${folds === undefined ? 'fold' : 'folds'} without ${folds === undefined ? 'folds' : 'fold'}`,
              hint: 'name both, fold as a matrix: folds: 5, and matrix: { fold: [0, 1, 2, 3, 4] }',
            },
          ]),
      ...(folds !== undefined && fold !== undefined && fold >= folds
        ? [{ message: `fold ${fold} of ${folds} folds`, hint: `folds are numbered from 0 to ${folds - 1}` }]
        : []),
      ...(folds !== undefined && by === 'time'
        ? [{ message: 'folds divide users, not times', hint: 'leave out folds or by: time' }]
        : []),
    ];
  },
  slots: 'free',
  load: () => import('./data-split-body.js'),
});
