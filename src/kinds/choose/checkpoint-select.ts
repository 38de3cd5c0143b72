import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { choiceParameters } from '../shared-parameters.js';
import { checkMetric } from './check-metric.js';

const parameters = declareParameters({
  required: ['metric'],
  properties: {
    ...choiceParameters,
  },
});

/** What reaches the body. */
export type CheckpointSelectParameters = Canonical<typeof parameters>;

/** The checkpoint with the best score. */
export const checkpointSelect = defineKind({
  name: 'checkpoint.select',
  summary: 'Takes the checkpoint whose evaluation has the best value of a metric; ties go to the first.',
  parameters,
  inputs: {
    candidates: {
      shape: { type: 'list', of: fileOf('model') },
      description: 'The checkpoints.',
    },
    scores: {
      shape: {
        type: 'list',
        of: { type: 'bundle', ports: { metrics: fileOf('metrics') } },
      },
      description:
        'One evaluation for each checkpoint, in the same order; where it has several step counts, its best counts.',
      chooses: true,
    },
  },
  outputs: {
    model: { shape: fileOf('model'), description: 'The best checkpoint, byte for byte.' },
    choice: {
      shape: fileOf('row'),
      description: 'The winner: its place among the checkpoints, the metric and its value, as JSON.',
    },
  },
  check(step) {
    const { candidates, scores } = step.lengths;
    const objections = checkMetric(step, 'scores');
    if (candidates === undefined || scores === undefined || candidates === scores) return objections;
    return [
      ...objections,
      {
        message: `candidates has ${candidates} checkpoints, and scores ${scores} evaluations; it wants one for each, such as a step \`over\` the same checkpoints`,
      },
    ];
  },
  load: () => import('./checkpoint-select-body.js'),
});
