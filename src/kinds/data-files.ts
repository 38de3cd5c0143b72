import type { JsonObject } from '../base/json.js';
import { describeColumns, foreignEpisodeColumns, foreignPairColumns } from '../data/table-columns.js';
import type { Kind } from './kind.js';
import { episodeFiles, fileOf } from './shapes.js';

const path = { type: 'string', minLength: 1 };
const splitNames = ['train', 'val', 'test'] as const;
const catalogue = 'JSON object: item name -> id, ids 0, 1, … without a gap.';
const tables = { pairs: foreignPairColumns, episodes: foreignEpisodeColumns };

const splitFiles = (split: string) => ({
  description: `The two parquet files of ${split}.`,
  type: 'object',
  additionalProperties: false,
  required: ['pairs', 'episodes'],
  properties: {
    pairs: {
      description:
        'pair_id, prefix (a list, or text such as "1 2 3"), label, label_ts_epoch; where there are any, user_id (else that of the episodes that name the pair), session_id and prefix_len.',
      ...path,
    },
    episodes: {
      description: 'user_id, support_pair_ids, query_pair_ids, and episode_id where there is one.',
      ...path,
    },
  },
});

const outputOf = (role: 'train' | 'val' | 'test') =>
  ({
    shape: episodeFiles,
    description: `Pairs, episodes and catalogue of ${role}.`,
    from: [],
    role,
    leaves: { items: { from: [] } },
  }) as const;

/** Pairs and episodes that were made elsewhere. */
export const dataFiles: Kind = {
  name: 'data.files',
  summary:
    'Takes pairs and episodes of three splits from parquet files, and the item ids from a JSON file (course2id.json), as a notebook wrote them; the splits are what they are called here.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['train', 'val', 'test', 'items'],
    properties: {
      train: splitFiles('train'),
      val: splitFiles('val'),
      test: splitFiles('test'),
      items: { description: catalogue, ...path },
    },
  },
  inputs: {},
  outputs: {
    train: outputOf('train'),
    val: outputOf('val'),
    test: outputOf('test'),
    items: { shape: fileOf('items'), description: 'The catalogue.', from: [] },
  },
  files: (parameters) => [
    ...splitNames.flatMap((split) =>
      Object.entries(tables).map(([table, columns]) => ({
        name: `${split}.${table}`,
        path: String((parameters[split] as JsonObject | undefined)?.[table]),
        expected: `a parquet file with the columns ${describeColumns(columns)}`,
      })),
    ),
    { name: 'items', path: String(parameters['items']), expected: catalogue },
  ],
  canonical: () => ({}),
  slots: 'free',
  load: () => import('./data-files-body.js'),
};
