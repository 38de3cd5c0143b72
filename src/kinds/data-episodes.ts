import type { Kind, PortShape } from './kind.js';
import { episodeFiles, fileOf } from './shapes.js';

const pairs: PortShape = fileOf('pairs');
const items: PortShape = fileOf('items');
// What the items are called tells nothing of any user's.
const catalogue = { items: { from: ['pairs.items'] } };
const size = { type: 'integer', minimum: 1, maximum: 1000 };

/** Pairs to support and query sets. */
export const dataEpisodes: Kind = {
  name: 'data.episodes',
  summary:
    'Makes episodes of K support pairs followed by Q query pairs of one user: in train from every window of K + Q consecutive pairs, in val and test from each user’s last K + Q.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      k: { description: 'Support pairs of an episode.', ...size, default: 5 },
      q: { description: 'Query pairs of an episode, all later than the support.', ...size, default: 10 },
    },
  },
  inputs: {
    pairs: {
      shape: { type: 'bundle', ports: { train: pairs, val: pairs, test: pairs, items } },
      description: 'The outputs of data.split.',
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
  canonical: (parameters) => ({ k: parameters['k'] ?? 5, q: parameters['q'] ?? 10 }),
  slots: 'free',
  load: () => import('./data-episodes-body.js'),
};
