import { betterOf, listMetrics, summaryMetrics } from '../../statistics/metrics.js';
import { summaryColumns } from '../../tables/evaluation-columns.js';
import { defineKind, type Objection, type PlannedStep } from '../kind.js';
import { type Canonical, type Complete, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';
import { checkRepetitions } from './check-repetitions.js';
import type { ElementNames } from './units-of-repetition.js';

const parameters = declareParameters({
  properties: {
    baseline: {
      description: 'The input that all others are compared with; without it, none is.',
      type: 'string',
      minLength: 1,
    },
    zero_shot: {
      description: 'An input that all others but the baseline are compared with, too.',
      type: 'string',
      minLength: 1,
    },
    unit: {
      description:
        'What an interval is over where a program measured several folds of each of several seeds; what is measured within one is averaged there.',
      enum: ['seed', 'fold'],
    },
    lower_is_better: {
      description:
        'Metrics of programs of which the lower value is the better one, such as a loss: so it is known which model leads.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      uniqueItems: true,
    },
  },
});

type Given = Complete<typeof parameters>;

/** What reaches the body. */
export type SummaryParameters = Canonical<typeof parameters> & SummaryPlan;

/** What planning knows beside, as it stands in the key. */
interface SummaryPlan {
  /** By input, what tells the elements of its list apart where that is not the seed alone. */
  readonly elements?: { readonly [input: string]: ElementNames };
}

/** Several evaluations of the same query pairs in one table. */
export const summary = defineKind({
  name: 'summary',
  summary:
    'Puts evaluations into one table, each compared with a baseline: those of ranks, which must be of the same query pairs, pair by pair; metrics by seed or fold (a column fold or seed of theirs tells several apart; those of a column repeat are averaged within). Every input is a model by the name of its port, several in a list are seeds of one.',
  parameters,
  inputs: ({ inputNames }) =>
    Object.fromEntries(
      inputNames.map((name) => [
        name,
        {
          shape: {
            type: 'list',
            of: {
              type: 'either',
              of: [
                { type: 'bundle', ports: { ranks: fileOf('ranks') } },
                { type: 'bundle', ports: { metrics: fileOf('metrics') } },
              ],
            },
          } as const,
          description:
            'An evaluation of this model, or a list of one for each seed: its ranks, or where it has none its metrics.',
        },
      ]),
    ),
  outputs: {
    summary: {
      shape: { type: 'file', content: 'summary' },
      description: `${listMetrics(summaryMetrics)} of each model that ranked, every metric of one that was measured otherwise, with intervals, and its differences from the baseline, from zero-shot and from the best of all.`,
    },
  },
  check: checkSummary,
  plan({ parameters: { unit } }, lists) {
    const { objections, elementNames } = checkRepetitions(lists, unit);
    const others = Object.entries(elementNames).filter(([, name]) => name !== 'seed');
    const parameters = others.length === 0 ? {} : { elements: Object.fromEntries(others) };
    return { parameters, shapes: {}, objections, notes: [] };
  },
  planned: {
    names: ['elements'],
    differences: () => ['the elements of a list are told apart by other names'],
  },
  facts: () => ({ summary: { columns: Object.keys(summaryColumns) } }),
  small: true,
  load: () => import('./summary-body.js'),
});

function checkSummary({ parameters, lengths }: PlannedStep<Given>): readonly Objection[] {
  const names = Object.keys(lengths);
  const objections: Objection[] = [];
  for (const parameter of ['baseline', 'zero_shot'] as const) {
    const name = parameters[parameter];
    if (name !== undefined && !names.includes(name)) {
      objections.push({
        path: [parameter],
        message: `${parameter} is ${name}, which is not among the inputs ${names.join(', ')}`,
        unknown: { name, known: names },
      });
    }
  }
  if (parameters.baseline !== undefined && parameters.baseline === parameters.zero_shot)
    objections.push({ path: ['zero_shot'], message: 'baseline and zero_shot are the same input' });
  for (const name of parameters.lower_is_better ?? []) {
    if (betterOf(name) === 'higher')
      objections.push({ path: ['lower_is_better'], message: `${name} is better where it is higher` });
  }
  const seeds = [...new Set(Object.values(lengths))].filter((length) => length > 1);
  if (seeds.length > 1) {
    objections.push({
      message: `inputs have ${seeds.join(' and ')} seeds; each wants one evaluation, or all of them equally many`,
    });
  }
  return objections;
}
