import { checkMetric } from './check-metric.js';
import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';
import { choiceParameters } from './shared-parameters.js';

/** The best of several evaluations, as settings for a later one. */
export const select: Kind = {
  name: 'select',
  summary:
    'Chooses the evaluation with the best value of a metric, and hands its settings on as data; ties go to the first.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
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
  namesOfSettings: (parameters) => parameters['settings'] as readonly string[],
  check: (step) => checkMetric(step, 'rows'),
  canonical: (parameters) => ({
    ...parameters,
    settings: (parameters['settings'] as readonly string[]).toSorted(),
  }),
  load: () => import('./select-body.js'),
};
