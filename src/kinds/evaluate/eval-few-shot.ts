import { defineKind } from '../kind.js';
import { moduleKind, moduleParameters, objectionsToModule } from '../module-parameters.js';
import { type Canonical, declareParameters } from '../parameters.js';
import type { OutputPort } from '../port.js';
import { episodeFiles, fileOf } from '../shapes.js';
import { evaluationParameters } from '../shared-parameters.js';
import { evaluationFacts, listPort } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const supportCount = { type: 'integer', minimum: 1, maximum: 1000 } as const;
const stepCount = { type: 'integer', minimum: 0, maximum: 10_000 } as const;

const driftPorts: { readonly [port: string]: OutputPort } = {
  drift: {
    shape: { type: 'file', content: 'drift' },
    description:
      'For each k, step count, episode and parameter tensor: its norm before and after adaptation, and that of the change.',
  },
  drift_summary: {
    shape: { type: 'file', content: 'drift-summary' },
    description: 'Median and quartiles of these norms over the episodes.',
  },
};

const parameters = declareParameters(
  {
    properties: {
      steps: {
        description: 'Gradient steps after which to rank, one number or several; 0 is zero-shot.',
        anyOf: [stepCount, { type: 'array', items: stepCount, minItems: 1 }],
        default: [5],
      },
      k: {
        description:
          'Support pairs to adapt to, one number or several: the last so many of each episode, right before its query pairs; without it, all.',
        anyOf: [supportCount, { type: 'array', items: supportCount, minItems: 1 }],
      },
      drift: {
        description:
          'Whether to give how far adaptation moved each parameter tensor, as the ports drift and drift_summary.',
        type: 'boolean',
        default: false,
      },
      inner_lr: {
        description:
          'Learning rate of the adaptation; a model with learned rates has them multiplied by inner_lr / (inner_lr of its training).',
        type: 'number',
        exclusiveMinimum: 0,
        default: 0.05,
      },
      adapt: {
        description:
          'Adapts all parameters or the output layer alone (head) at inner_lr, whatever the model was trained to adapt; without it, as the model says, learned rates included.',
        enum: ['all', 'head'],
      },
      ...moduleParameters,
      ...evaluationParameters,
    },
  },
  {
    settings: ['inner_lr', 'steps'],
    canonical: {
      steps: ascending,
      k: (k) => (k === undefined ? undefined : ascending(k)),
      // Without a step there is nothing that they could change.
      inner_lr: (rate, { steps }) => (adapts(steps) ? rate : undefined),
      adapt: (scope, { steps }) => (adapts(steps) ? scope : undefined),
    },
  },
);

type Count = number | readonly number[];

/** Distinct numbers from a parameter that is one or several. */
function ascending(given: Count): readonly number[] {
  return [...new Set([given].flat())].sort((one, other) => one - other);
}

function adapts(steps: Count): boolean {
  return ascending(steps).some((count) => count > 0);
}

/** What reaches the body. */
export type FewShotParameters = Canonical<typeof parameters>;

/** A model's ranks and metrics after adapting to each user's support pairs. */
export const evalFewShot = defineKind({
  name: 'eval.few_shot',
  summary:
    "Adapts a model to each user's support pairs by gradient steps and ranks the query pairs' next items; one trajectory serves all step counts.",
  parameters,
  inputs: {
    model: { shape: fileOf('model'), description: 'The model to adapt.' },
    episodes: {
      shape: episodeFiles,
      description: 'Support and query pairs of the users to evaluate on.',
    },
    settings: {
      shape: fileOf('settings'),
      description: 'Chosen values of inner_lr and steps, in place of those of `with`.',
      required: false,
    },
  },
  outputs: ({ drift, top_items }) => ({
    ranks: {
      shape: fileOf('ranks'),
      description: "The rank of every query pair's next item for each step count.",
    },
    ...listPort({ top_items }),
    ...(drift ? driftPorts : {}),
  }),
  check: ({ parameters, facts }) => [
    ...objectionsToModule(parameters),
    ...(facts['episodes'] ?? []).flatMap(({ supportPairs }) => {
      const tooLarge = ascending(parameters.k ?? []).filter((k) => k > (supportPairs ?? k));
      if (tooLarge.length === 0) return [];
      return [
        {
          path: ['k'],
          message: `k is ${tooLarge.join(', ')}, and these episodes have ${supportPairs} support pairs; build some with k: ${tooLarge.at(-1)} for it`,
        },
      ];
    }),
  ],
  ...moduleKind,
  usesEngine: true,
  wantsLists: ({ top_items }) => top_items !== undefined,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./eval-few-shot-body.js'),
});
