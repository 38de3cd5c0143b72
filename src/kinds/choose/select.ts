import { defineKind, type StepPlan } from '../kind.js';
import { type Canonical, type Complete, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { choiceParameters } from '../shared-parameters.js';
import { checkMetric } from './check-metric.js';
import type { ChoicePlan } from './choice-plan.js';
import { plannedChoice } from './describe-choice.js';
import { planChoice } from './plan-choice.js';

const names = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  minItems: 1,
  uniqueItems: true,
} as const;

const sorted = <Name extends string>(given: readonly Name[] | undefined) => given?.toSorted();

const parameters = declareParameters(
  {
    required: ['metric'],
    properties: {
      ...choiceParameters,
      settings: {
        description:
          'Which of the winner’s names to hand on: columns of the tables, parameters of their steps, iterations or epochs of a checkpoint; without it, all that vary and are not averaged over.',
        ...names,
      },
      average: {
        description: 'Names over which the metric is averaged before the choice, such as seed.',
        ...names,
      },
      patience: {
        description:
          'Stops each training early: the best before so many of its checkpoints in a row brought no gain; later ones do not count.',
        type: 'integer',
        minimum: 1,
      },
    },
  },
  { canonical: { settings: sorted, average: sorted } },
);

/** What reaches the body. */
export type SelectParameters = Canonical<typeof parameters> & ChoicePlan;

/** The best of several evaluations, as settings for a later one, and what was evaluated. */
export const select = defineKind<Complete<typeof parameters>, Canonical<typeof parameters>, SelectParameters>(
  {
    name: 'select',
    summary:
      'Chooses by the best value of a metric, and hands on the winner and its settings as data. Every row of every table is one to choose from; what failed or is no number is left out, which is noted; ties go to the first.',
    parameters,
    inputs: {
      rows: {
        shape: { type: 'list', of: fileOf('metrics') },
        description: 'The evaluations to choose by.',
        chooses: true,
        mayLack: true,
      },
      candidates: {
        shape: { type: 'list', of: { type: 'any', lone: 'file' } },
        description:
          'What was evaluated, such as checkpoints: a list with the labels of `rows`, or of what `rows` were made `over`.',
        required: false,
        chooses: true,
        mayLack: true,
      },
    },
    outputs: {
      settings: {
        shape: fileOf('settings'),
        description: "The winner's named values and nothing else, as JSON.",
      },
      row: {
        shape: fileOf('row'),
        description:
          'The winner: all its names, the metric and its value, and its place among the rows or how many were averaged, as JSON.',
      },
      chosen: {
        shape: { type: 'any' },
        description:
          "Only with `candidates`: the winner, byte for byte; where candidates are averaged over, a list of the winner's, with a place for each averaged value.",
      },
    },
    namesOfSettings: ({ settings }) => settings ?? [],
    check: (step) => checkMetric(step, 'rows'),
    plan({ parameters: given, facts }, lists): StepPlan {
      const tables = (facts['rows'] ?? []).map(({ columns }) => columns);
      const columns =
        tables.every((one) => one !== undefined) && tables.length > 0 ? tables.flat() : undefined;
      return planChoice(given, lists, columns && [...new Set(columns)]);
    },
    planned: plannedChoice,
    small: true,
    load: () => import('./select-body.js'),
  },
);
