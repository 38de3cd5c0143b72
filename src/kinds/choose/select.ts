import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { choiceParameters } from '../shared-parameters.js';
import { checkMetric } from './check-metric.js';

const parameters = declareParameters(
  {
    required: ['metric', 'settings'],
    properties: {
      ...choiceParameters,
      settings: {
        description: 'Which of the winner’s values to hand on.',
        type: 'array',
        items: { enum: ['inner_lr', 'steps'] },
        minItems: 1,
        uniqueItems: true,
      },
    },
  },
  { canonical: { settings: (settings) => settings.toSorted() } },
);

/** What reaches the body. */
export type SelectParameters = Canonical<typeof parameters>;

/** The best of several evaluations, as settings for a later one. */
export const select = defineKind({
  name: 'select',
  summary:
    'Chooses the evaluation with the best value of a metric, and hands its settings on as data; ties go to the first.',
  parameters,
  inputs: {
    rows: {
      shape: {
        type: 'list',
        of: { type: 'bundle', ports: { metrics: fileOf('metrics') } },
      },
      description: 'The evaluations to choose from; each step count of each is a candidate.',
      chooses: true,
    },
  },
  outputs: {
    settings: {
      shape: fileOf('settings'),
      description: "The winner's named values and nothing else, as JSON.",
    },
    row: {
      shape: fileOf('row'),
      description: 'The winner: its place among the rows, the metric and its value, as JSON.',
    },
  },
  namesOfSettings: ({ settings }) => settings,
  check: (step) => checkMetric(step, 'rows'),
  load: () => import('./select-body.js'),
});
