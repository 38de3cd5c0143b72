import { defineKind, type Objection, type WrittenNames } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const fraction = { type: 'number', minimum: 0, maximum: 1 } as const;
const split = (role: 'train' | 'val' | 'test', lastOut: string) =>
  ({
    shape: fileOf('pairs'),
    description: `The pairs of the users of ${role}; by \`leave_last_out\` ${lastOut}.`,
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
          '`users` divides them by chance, whenever they acted. `time` trains on the earliest `train` of the pairs; users who began later are val and test, the later pairs of users who began before are left out, so that train knows nothing that is later than a query. `leave_last_out` trains on every user: of each, the last `leave_out` pairs are asked for in test, as many before them in val, and all earlier ones are of train. It asks what known users do next and tests no cold start; fractions and seed count for nothing.',
        enum: ['users', 'time', 'leave_last_out'],
        default: 'users',
      },
      leave_out: {
        description:
          'By `leave_last_out`: how many pairs of a user test asks for, and val before them; `q` of data.episodes may be no more. Users without one more than twice as many are of train alone.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 10,
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
  {
    canonical: {
      train: unlessLastOut,
      val: unlessLastOut,
      test: (_, given) => unlessLastOut(testOf(given), given),
      seed: unlessLastOut,
      leave_out: (count: number, { by }) => (by === 'leave_last_out' ? count : undefined),
    },
  },
);

/** What reaches the body. */
export type SplitParameters = Canonical<typeof parameters>;

/** The fractions and the seed draw users, which leaving out the last pairs of each does not. */
function unlessLastOut(value: number, { by }: { readonly by: string }): number | undefined {
  return by === 'leave_last_out' ? undefined : value;
}

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

/** Says of parameters that are written that they count for nothing; where `by` varies, they count elsewhere. */
function inVain(
  written: WrittenNames | undefined,
  names: readonly string[],
  why: string,
): readonly Objection[] {
  if (written === undefined || written.varied.includes('by')) return [];
  return names
    .filter((name) => written.names.includes(name))
    .map((name) => ({ path: [name], message: `${name} counts for nothing ${why}` }));
}

/** Users, or the pairs of each, to train, val and test. */
export const dataSplit = defineKind({
  name: 'data.split',
  summary:
    'Divides the users into train, val and test: by chance, by the time when they began, or into folds; or the pairs of every user, of which the last are asked for.',
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
    train: split('train', 'of each user all but the last `2 * leave_out`'),
    val: split(
      'val',
      'of each user with enough of them all but the last `leave_out`, the last ones to be asked for',
    ),
    test: split('test', 'all pairs of each user with enough of them, the last ones to be asked for'),
    items: { shape: fileOf('items'), description: 'The catalogue, as it came.', from: [] },
  },
  facts: ({ by, leave_out }) => {
    if (by !== 'leave_last_out') return {};
    const facts = { askedPairs: leave_out };
    return { val: facts, test: facts };
  },
  // They may be those of a pipeline that another one extends, so that they are refused nobody.
  remarks: ({ by }, written) =>
    by === 'leave_last_out'
      ? inVain(written, ['train', 'val', 'test'], `by: ${by}; leave_out says how many pairs are asked for`)
      : [],
  check: ({ parameters, written }) => {
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
      ...(folds !== undefined && by !== 'users'
        ? [
            {
              message: `folds divide users, not ${by === 'time' ? 'times' : 'the pairs of each'}`,
              hint: `leave out folds or by: ${by}`,
            },
          ]
        : []),
      ...(by === 'leave_last_out'
        ? []
        : inVain(written, ['leave_out'], `by: ${by}; write by: leave_last_out, or leave it out`)),
    ];
  },
  slots: 'free',
  load: () => import('./data-split-body.js'),
});
