import { breakdownColumns } from '../../../tables/evaluation-columns.js';
import { defineKind, type Objection, type PlannedStep } from '../../kind.js';
import { type Canonical, type Complete, declareParameters } from '../../parameters.js';
import type { InputPort } from '../../port.js';
import { fileOf } from '../../shapes.js';
import { episodesPort, trainPort } from '../baseline-ports.js';
import type { GroupBounds } from './pair-groups.js';

const bounds = [
  { type: 'integer', minimum: 2, maximum: 20 },
  { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 20 },
] as const;

const parameters = declareParameters(
  {
    properties: {
      baseline: {
        description: 'The input that all others are compared with, group by group; without it, none is.',
        type: 'string',
        minLength: 1,
      },
      train_count: {
        description:
          'Groups by how often train has the item that followed as the next one: where the groups after the first begin ([1, 10]: never, 1 to 9, 10 or more), or how many groups of about as many query pairs each, beside that of items which train never has.',
        anyOf: bounds,
        default: 3,
      },
      prefix_length: {
        description:
          'Groups by how many items the session had so far: where the groups after the first begin, or how many groups of about as many query pairs each.',
        anyOf: bounds,
        default: [2, 4],
      },
      history_length: {
        description:
          'Groups by how many pairs the user had made before, the support pairs among them: where the groups after the first begin, or how many groups of about as many query pairs each.',
        anyOf: bounds,
        default: 3,
      },
    },
  },
  { canonical: { train_count: ascending, prefix_length: ascending, history_length: ascending } },
);

function ascending(given: GroupBounds): GroupBounds {
  return typeof given === 'number' ? given : [...new Set(given)].sort((one, other) => one - other);
}

/** What reaches the body. */
export type BreakdownParameters = Canonical<typeof parameters>;

/** Ports that are no models. */
const dataPorts: { readonly [port: string]: InputPort } = {
  train: { ...trainPort, description: 'All pairs of the training users, in which items are counted.' },
  episodes: { ...episodesPort, description: 'The episodes that the models were evaluated on.' },
};

const modelPort: InputPort = {
  shape: { type: 'bundle', ports: { ranks: fileOf('ranks') } },
  description: 'An evaluation of this model on those episodes: its ranks.',
};

/** Evaluations by groups of their query pairs. */
export const breakdown = defineKind({
  name: 'breakdown',
  summary:
    'Computes every metric of evaluations by groups of their query pairs: by how often train has the item (cold and warm ones), by the length of the prefix and by that of the user’s history; each compared with a baseline, pair by pair. From ranks alone, so that no model runs again. Every input but `train` and `episodes` is a model by the name of its port.',
  parameters,
  inputs: ({ inputNames }) => ({
    ...dataPorts,
    ...Object.fromEntries(modelsAmong(inputNames).map((name) => [name, modelPort])),
  }),
  outputs: {
    breakdown: {
      shape: fileOf('breakdown'),
      description:
        'Every metric of each model in each group, with 95 % intervals by bootstrap over users, and its difference from the baseline.',
    },
  },
  check: checkBreakdown,
  facts: () => ({ breakdown: { columns: Object.keys(breakdownColumns) } }),
  load: () => import('./breakdown-body.js'),
});

function modelsAmong(names: readonly string[]): readonly string[] {
  return names.filter((name) => !Object.hasOwn(dataPorts, name));
}

function checkBreakdown({
  parameters: { baseline },
  inputNames,
}: PlannedStep<Complete<typeof parameters>>): readonly Objection[] {
  const models = modelsAmong(inputNames);
  if (models.length === 0) {
    return [{ message: 'no model is among the inputs: name an evaluation, such as few_shot: few_shot' }];
  }
  if (baseline === undefined || models.includes(baseline)) return [];
  return [
    {
      path: ['baseline'],
      message: `baseline is ${baseline}, which is not among the models ${models.join(', ')}`,
      unknown: { name: baseline, known: models },
    },
  ];
}
