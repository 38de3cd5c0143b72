import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import type { PortShape } from '../port.js';
import { episodeFiles, fileOf } from '../shapes.js';

const pairs: PortShape = fileOf('pairs');
const items: PortShape = fileOf('items');
// What the items are called tells nothing of any user's.
const catalogue = { items: { from: ['pairs.items'] } };
const size = { type: 'integer', minimum: 1, maximum: 1000 } as const;

const parameters = declareParameters({
  properties: {
    k: { description: 'Support pairs of an episode.', ...size, default: 5 },
    support_order: {
      description:
        'Which support pairs an evaluation with a smaller k takes: the last ones, right before the query pairs, or the first, as the notebook did.',
      enum: ['last', 'first'],
      default: 'last',
    },
    q: { description: 'Query pairs of an episode, all later than the support.', ...size, default: 10 },
  },
});

/** What reaches the body. */
export type EpisodesParameters = Canonical<typeof parameters>;

/** Pairs to support and query sets. */
export const dataEpisodes = defineKind({
  name: 'data.episodes',
  summary:
    'Makes episodes of K support pairs followed by Q query pairs of one user: in train from every window of K + Q consecutive pairs, in val and test from each user’s last K + Q.',
  parameters,
  inputs: {
    pairs: {
      shape: { type: 'bundle', ports: { train: pairs, val: pairs, test: pairs, items } },
      description: 'The outputs of data.split, or of data.files for other episodes than its own.',
    },
  },
  outputs: {
    train: {
      shape: episodeFiles,
      description: 'All pairs of train, its episodes (every window), the catalogue.',
      from: ['pairs.train'],
      leaves: catalogue,
    },
    val: {
      shape: episodeFiles,
      description: 'All pairs of val, one episode for each user with enough of them, the catalogue.',
      from: ['pairs.val'],
      leaves: catalogue,
    },
    test: {
      shape: episodeFiles,
      description: 'All pairs of test, one episode for each user with enough of them, the catalogue.',
      from: ['pairs.test'],
      leaves: catalogue,
    },
  },
  check: ({ parameters: { q }, facts }) => {
    const asked = Math.min(...(facts['pairs'] ?? []).map(({ askedPairs }) => askedPairs ?? Infinity));
    if (q <= asked) return [];
    return [
      {
        path: ['q'],
        message: `q is ${q}, and these splits leave out the last ${asked} pairs of each user: the first of the query pairs would be among those of train or val; leave_out: ${q} of data.split keeps them apart`,
      },
    ];
  },
  facts({ k }) {
    const facts = { supportPairs: k };
    return { train: facts, val: facts, test: facts };
  },
  slots: 'free',
  load: () => import('./data-episodes-body.js'),
});
