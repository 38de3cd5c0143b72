import { describeColumns, foreignEpisodeColumns, foreignPairColumns } from '../../data/table-columns.js';
import { defineKind } from '../kind.js';
import { declareParameters, inNoKey } from '../parameters.js';
import { episodeFiles, fileOf } from '../shapes.js';

const path = { type: 'string', minLength: 1 } as const;
const splitNames = ['train', 'val', 'test'] as const;
const catalogue = 'JSON object: item name -> id, ids 0, 1, … without a gap.';
const tables = [
  { table: 'pairs', columns: foreignPairColumns },
  { table: 'episodes', columns: foreignEpisodeColumns },
] as const;

const splitFiles = (split: string) =>
  ({
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
  }) as const;

const outputOf = (role: 'train' | 'val' | 'test') =>
  ({
    shape: episodeFiles,
    description: `Pairs, episodes and catalogue of ${role}.`,
    from: [],
    files: tables.map(({ table }) => `${role}.${table}`),
    role,
    leaves: { items: { from: [], files: ['items'] } },
  }) as const;

const parameters = declareParameters(
  {
    required: ['train', 'val', 'test', 'items'],
    properties: {
      train: splitFiles('train'),
      val: splitFiles('val'),
      test: splitFiles('test'),
      items: { description: catalogue, ...path },
    },
  },
  { canonical: { train: inNoKey, val: inNoKey, test: inNoKey, items: inNoKey } },
);

/** Pairs and episodes that were made elsewhere. */
export const dataFiles = defineKind({
  name: 'data.files',
  summary:
    'Takes pairs and episodes of three splits from parquet files, and the item ids from a JSON file (course2id.json), as a notebook wrote them; the splits are what they are called here.',
  parameters,
  inputs: {},
  outputs: {
    train: outputOf('train'),
    val: outputOf('val'),
    test: outputOf('test'),
    items: { shape: fileOf('items'), description: 'The catalogue.', from: [], files: ['items'] },
  },
  files: (parameters) => ({
    files: [
      ...splitNames.flatMap((split) =>
        tables.map(({ table, columns }) => ({
          name: `${split}.${table}`,
          path: parameters[split][table],
          expected: `a parquet file with the columns ${describeColumns(columns)}`,
        })),
      ),
      { name: 'items', path: parameters.items, expected: catalogue },
    ],
  }),
  slots: 'free',
  load: () => import('./data-files-body.js'),
});
