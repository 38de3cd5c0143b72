import type { Json } from '../base/json.js';
import { readBlocks } from './document-block.js';
import type { Kind, Objection, PlannedStep } from './kind.js';
import { fileOf } from './shapes.js';

/** A JSON document in a layout of the user's, with figures from other steps. */
export const document: Kind = {
  name: 'document',
  summary:
    'Writes a JSON document in any layout: its `content`, in which every block `{ from: INPUT, … }` becomes figures from the rows of that input.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
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
  // The order of names is seen in the document, so it belongs to the key.
  canonical: ({ content }) => ({ content: JSON.stringify(content) }),
  load: () => import('./document-body.js'),
};

function checkDocument({ parameters, inputNames }: PlannedStep): readonly Objection[] {
  const { blocks, faults } = readBlocks(parameters['content'] as Json);
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
  ];
  // A misspelt block leaves its input unused, too.
  if (objections.length > 0 || unused.length === 0) return objections;
  return [{ message: `nothing in the content is from ${unused.join(', ')}` }];
}
