import { recommendedColumns } from '../../../tables/evaluation-columns.js';
import { defineKind } from '../../kind.js';
import { type Canonical, declareParameters } from '../../parameters.js';
import type { InputPort } from '../../port.js';
import { fileOf } from '../../shapes.js';
import { trainPort } from '../baseline-ports.js';

const parameters = declareParameters({
  properties: {
    within: {
      description: 'How many items of each list count, from the first; the evaluations must list as many.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 10,
    },
  },
});

/** What reaches the body. */
export type RecommendedParameters = Canonical<typeof parameters>;

const modelPort: InputPort = {
  shape: { type: 'bundle', ports: { top: fileOf('ranked-items') } },
  description: 'An evaluation of this model with top_items: what it lists.',
};

/** What is recommended, right or wrong. */
export const recommended = defineKind({
  name: 'recommended',
  summary:
    'Measures what evaluations recommend, right or wrong: coverage (the share of the catalogue that is in any list), the Gini coefficient of how often each item is listed (0: all alike), and how popular the listed items are in train on average. The evaluations want `top_items`. Every input but `train` is a model by the name of its port.',
  parameters,
  inputs: ({ inputNames }) => ({
    train: { ...trainPort, description: 'All pairs of the training users, in which items are counted.' },
    ...Object.fromEntries(inputNames.filter((name) => name !== 'train').map((name) => [name, modelPort])),
  }),
  outputs: {
    recommended: {
      shape: fileOf('table'),
      description:
        'coverage@n, gini@n and mean_popularity@n (with a 95 % interval by bootstrap over users; the other two are of all lists together) of each model at each setting.',
    },
  },
  check: ({ inputNames }) =>
    inputNames.some((name) => name !== 'train')
      ? []
      : [{ message: 'no model is among the inputs: name an evaluation, such as few_shot: few_shot' }],
  facts: () => ({ recommended: { columns: Object.keys(recommendedColumns) } }),
  load: () => import('./recommended-body.js'),
});
