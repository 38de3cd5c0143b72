import { problemOfDateFormat } from '../../data/import/date-format.js';
import { partsOf } from '../../data/import/input-parts.js';
import type { TimeUnit } from '../../data/import/times.js';
import { defineKind, type Objection } from '../kind.js';
import { type Canonical, type Complete, declareParameters, inNoKey } from '../parameters.js';
import { fileOf } from '../shapes.js';

const timeUnits = [
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'days',
  'serial_days',
  'iso',
] as const satisfies readonly TimeUnit[];

const column = {
  type: ['string', 'integer'],
  minLength: 1,
  minimum: 1,
} as const;

const parameters = declareParameters(
  {
    required: ['path'],
    properties: {
      path: {
        description:
          'The file; or a folder or a pattern (`parts/*.csv`), whose files are read one after the other, sorted by name, each once. Folders in the folder are not gone into: `parts/**/*` does that. Relative to the root, or absolute.',
        type: 'string',
        minLength: 1,
      },
      format: {
        description:
          'What the file is; `auto` looks at its first bytes, never at its name. `csv`: commas, else semicolons, `::` or bars; `ssv`: spaces.',
        enum: ['auto', 'csv', 'tsv', 'ssv', 'parquet', 'jsonl'],
        default: 'auto',
      },
      header: {
        description:
          'Whether the first record of a text file names the columns; `auto`: where what stands in the place of the time is a word, and no date in date_format, which is said where columns are given by position.',
        enum: ['auto', true, false],
        default: 'auto',
      },
      columns: {
        description:
          'The columns of user, item and time, by name or by position from 1; what is left out is found by usual names (user_id, item_id, timestamp, also as RecBole writes them: user_id:token). Of nested records (JSON, structs of parquet) by a path: `user.id`.',
        type: 'object',
        additionalProperties: false,
        properties: {
          user: { description: 'Who acted.', ...column },
          item: { description: 'On what: the thing that is recommended.', ...column },
          time: { description: 'When.', ...column },
        },
        default: {},
      },
      delimiter: {
        description:
          'What stands between the cells of a text file, one character or more (`::`); `spaces`: any number of spaces or tabs. `auto`: by the format and the first records.',
        type: 'string',
        minLength: 1,
        default: 'auto',
      },
      quote: {
        description:
          'The character that a cell with delimiters or line breaks is enclosed in, doubled inside; `none` where a quotation mark means nothing.',
        type: 'string',
        pattern: '^([!-/:-@\\[-`{-~]|none)$',
        default: '"',
      },
      comment: {
        description:
          'What a line begins with that is no record; `none`: there are no such lines. `auto`: `#`, above the first record only; further down such lines are records and are warned of.',
        type: 'string',
        minLength: 1,
        default: 'auto',
      },
      null_values: {
        description: 'Words that stand for no value, besides an empty cell: `[NA, null]`.',
        type: 'array',
        items: { type: 'string', minLength: 1 },
        default: [],
      },
      ragged_rows: {
        description:
          'What to do with rows that have more or fewer cells than the header: `refuse` them, or `accept` those that reach the columns asked for. `auto`: accepts longer rows where all are longer than the header, which the first hundred tell, and their times stand below their title; refuses others.',
        enum: ['auto', 'refuse', 'accept'],
        default: 'auto',
      },
      time_unit: {
        description:
          'What times are: numbers since 1970, days of a spreadsheet, or ISO 8601 dates (UTC where they give no offset). `auto`: seconds where the first is a number, else ISO; refused where all of them look like something else.',
        enum: ['auto', ...timeUnits],
        default: 'auto',
      },
      date_format: {
        description:
          "How times are written, in the letters of strptime, in UTC unless `%z` reads an offset: `'%d.%m.%Y %H:%M'`. In the place of time_unit.",
        type: 'string',
        minLength: 1,
      },
      skip_bad_rows: {
        description:
          'Leaves out rows that cannot be read or lack a value, and says how many and why, instead of failing. A file that is damaged as a whole fails all the same.',
        type: 'boolean',
        default: false,
      },
    },
  },
  { canonical: { path: inNoKey } },
);

/** What reaches the body. */
export type DataImportParameters = Canonical<typeof parameters>;

/** A file of interactions, whatever its format. */
export const dataImport = defineKind({
  name: 'data.import',
  summary:
    'Reads interactions from a file or from parts: CSV, TSV, any other delimiter, parquet or JSON lines; gzip as well.',
  parameters,
  inputs: {},
  outputs: {
    interactions: {
      shape: fileOf('interactions'),
      description: 'position, user_id, item_id, timestamp (epoch seconds), in the order of the file.',
      from: [],
    },
  },
  files: ({ path }, root) => {
    const { files, pattern, remarks, lack } = partsOf(path, root);
    return {
      files: files.map((file, index) => ({
        name: files.length === 1 ? 'path' : `path/${index}`,
        path: file,
      })),
      objections: lack === undefined ? [] : [{ message: lack, path: ['path'] }],
      ...(pattern === undefined ? {} : { patterns: [pattern] }),
      remarks: remarks.map((message) => ({ message, path: ['path'] })),
    };
  },
  check: ({ parameters }) => [...objectionsTo(parameters)],
  slots: 'free',
  load: () => import('./data-import-body.js'),
});

function* objectionsTo({
  format,
  time_unit: unit,
  date_format: form,
  delimiter,
  quote,
}: Complete<typeof parameters>): Generator<Objection> {
  if (/[\n\r\0\u000e]/.test(delimiter))
    yield { message: 'a delimiter cannot be a line break or a control character', path: ['delimiter'] };
  if (/\\[tnr]/.test(delimiter))
    yield {
      message: `the delimiter ${delimiter} is a backslash and a letter: YAML reads "\\t" as a tab between double quotes alone`,
      path: ['delimiter'],
    };
  if (delimiter.includes(quote))
    yield { message: `the delimiter holds the quote ${quote}: say quote: none`, path: ['delimiter'] };
  if (delimiter !== 'auto' && (format === 'parquet' || format === 'jsonl'))
    yield { message: `${format} has no delimiter`, path: ['delimiter'] };
  if (form === undefined) return;
  if (unit !== 'auto')
    yield {
      message: 'date_format stands in the place of time_unit: give one of them',
      path: ['date_format'],
    };
  const problem = problemOfDateFormat(form);
  if (problem !== undefined) yield { message: problem, path: ['date_format'] };
}
