import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';

const column = {
  type: ['string', 'integer'],
  minLength: 1,
  minimum: 1,
};

/** A file of interactions, whatever its format. */
export const dataImport: Kind = {
  name: 'data.import',
  summary:
    'Reads a file of interactions: CSV, TSV, separated by spaces, parquet or JSON lines; gzip as well.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: { description: 'The file; relative to the root, or absolute.', type: 'string', minLength: 1 },
      format: {
        description:
          'What the file is; `auto` looks at its first bytes, never at its name. `ssv`: single spaces.',
        enum: ['auto', 'csv', 'tsv', 'ssv', 'parquet', 'jsonl'],
        default: 'auto',
      },
      header: {
        description: 'Whether the first line of a CSV, TSV or SSV file names the columns.',
        enum: ['auto', true, false],
        default: 'auto',
      },
      columns: {
        description:
          'The columns of user, item and time, by name or by position from 1; what is left out is found by usual names (user_id, item_id, timestamp, also as RecBole writes them: user_id:token).',
        type: 'object',
        additionalProperties: false,
        properties: {
          user: { description: 'Who acted.', ...column },
          item: { description: 'On what: the thing that is recommended.', ...column },
          time: { description: 'When.', ...column },
        },
        default: {},
      },
      time_unit: {
        description:
          'What times are: numbers since 1970, or ISO 8601 dates (UTC where they name no zone). `auto`: seconds where the first is a number, else ISO.',
        enum: ['auto', 'seconds', 'milliseconds', 'microseconds', 'iso'],
        default: 'auto',
      },
      skip_bad_rows: {
        description:
          'Leaves out rows that cannot be read or lack a value, and logs how many, instead of failing.',
        type: 'boolean',
        default: false,
      },
    },
  },
  inputs: {},
  outputs: {
    interactions: {
      shape: fileOf('interactions'),
      description: 'position, user_id, item_id, timestamp (epoch seconds), in the order of the file.',
      from: [],
    },
  },
  files: (parameters) => [{ name: 'path', path: String(parameters['path']) }],
  canonical: (parameters) => ({
    format: parameters['format'] ?? 'auto',
    header: parameters['header'] ?? 'auto',
    columns: parameters['columns'] ?? {},
    time_unit: parameters['time_unit'] ?? 'auto',
    skip_bad_rows: parameters['skip_bad_rows'] ?? false,
  }),
  slots: 'free',
  load: () => import('./data-import-body.js'),
};
