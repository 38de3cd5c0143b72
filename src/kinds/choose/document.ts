import { own } from '../../base/own-properties.js';
import { defineKind, type Facts, type Objection, type PlannedStep } from '../kind.js';
import { type Canonical, type Complete, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { type Block, readBlocks } from './document-block.js';

const parameters = declareParameters(
  {
    required: ['content'],
    properties: {
      content: {
        description:
          'The document. A map with `from` is a block: of the rows of that input that have the values under `where` (a value or a list for a column), the column `value` (default: `value`), or how many distinct values the column `count` has; `by` names columns whose values become names around it. A block that fits no row, or several for one place, is an error.',
        type: 'object',
        additionalProperties: true,
      },
    },
  },
  {
    // The order of names is seen in the document, so it belongs to the key.
    canonical: { content: (content) => JSON.stringify(content) },
  },
);

type Given = Complete<typeof parameters>;

/** What reaches the body. */
export type DocumentParameters = Canonical<typeof parameters>;

/** A JSON document in a layout of the user's, with figures from other steps. */
export const document = defineKind({
  name: 'document',
  summary:
    'Writes a JSON document in any layout: its `content`, in which every block `{ from: INPUT, … }` becomes figures from the rows of that input.',
  parameters,
  inputs: ({ inputNames }) =>
    Object.fromEntries(
      inputNames.map((name) => [
        name,
        {
          shape: fileOf('bytes'),
          description:
            'A table such as metrics or a summary, or JSON such as settings: an object is one row.',
        },
      ]),
    ),
  outputs: {
    document: {
      shape: fileOf('value'),
      description: 'The document as JSON, in the order in which it is written.',
    },
  },
  check: checkDocument,
  small: true,
  load: () => import('./document-body.js'),
});

function checkDocument({ parameters, inputNames, facts }: PlannedStep<Given>): readonly Objection[] {
  const { blocks, faults } = readBlocks(parameters.content);
  const unknown = blocks
    .filter(({ from }) => !inputNames.includes(from))
    .map(({ from, path }) => ({
      path: ['content', ...path, 'from'],
      message: `from is ${from}, which is not among the inputs${inputNames.length === 0 ? '' : ` ${inputNames.join(', ')}`}`,
    }));
  const unused = inputNames.filter((name) => blocks.every(({ from }) => from !== name));
  const objections = [
    ...faults.map(({ path, message }) => ({ path: ['content', ...path], message })),
    ...unknown,
    ...blocks.flatMap((block) =>
      (own(facts, block.from) ?? []).flatMap((known) => unknownNames(block, known)),
    ),
  ];
  // A misspelt block leaves its input unused, too.
  if (objections.length > 0 || unused.length === 0) return objections;
  return [{ message: `nothing in the content is from ${unused.join(', ')}` }];
}

/** Columns and metrics that a block names and its table is known not to have. */
function unknownNames({ path, from, where, by, take }: Block, known: Facts): readonly Objection[] {
  const named: readonly (readonly [
    place: readonly string[],
    name: string,
    known: readonly string[] | undefined,
  ])[] = [
    ...Object.entries(take).map(([place, column]) => [[place], column, known.columns] as const),
    ...by.map((column) => [['by'], column, known.columns] as const),
    ...Object.keys(where).map((column) => [['where', column], column, known.columns] as const),
    ...(where['metric'] ?? []).map((metric) => [['where', 'metric'], String(metric), known.metrics] as const),
  ];
  return named.flatMap(([place, name, names]) =>
    names === undefined || names.includes(name)
      ? []
      : [
          {
            path: ['content', ...path, ...place],
            message: `${from} has no ${names === known.columns ? 'column' : 'metric'} ${name}`,
            unknown: { name, known: names },
          },
        ],
  );
}
