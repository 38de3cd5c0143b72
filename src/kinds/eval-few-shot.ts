import type { Json } from '../base/json.js';
import { evaluationFacts } from './baseline-ports.js';
import type { Kind, OutputPort } from './kind.js';
import { episodeFiles, fileOf } from './shapes.js';
import { evaluationParameters } from './shared-parameters.js';

const supportCount = { type: 'integer', minimum: 1, maximum: 1000 };
const stepCount = { type: 'integer', minimum: 0, maximum: 10_000 };

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

/** A model's ranks and metrics after adapting to each user's support pairs. */
export const evalFewShot: Kind = {
  name: 'eval.few_shot',
  summary:
    "Adapts a model to each user's support pairs by gradient steps and ranks the query pairs' next items; one trajectory serves all step counts.",
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
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
      ...evaluationParameters,
    },
  },
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
  outputs: (parameters) => ({
    metrics: {
      shape: fileOf('metrics'),
      description: 'accuracy@1, recall@5, recall@10, ndcg@10 and mrr for each step count.',
    },
    ranks: {
      shape: fileOf('ranks'),
      description: "The rank of every query pair's next item for each step count.",
    },
    ...(parameters['drift'] === true ? driftPorts : {}),
  }),
  settings: ['inner_lr', 'steps'],
  canonical(parameters) {
    const { steps: given, k, drift, inner_lr: rate, adapt, ...rest } = parameters;
    const steps = ascending(given ?? []);
    // Without a step there is nothing that a rate could change.
    const adapts = steps.some((count) => count > 0);
    return {
      ...rest,
      steps,
      ...(k === undefined ? {} : { k: ascending(k) }),
      ...(drift === true ? { drift } : {}),
      ...(rate !== undefined && adapts ? { inner_lr: rate } : {}),
      ...(adapt !== undefined && adapts ? { adapt } : {}),
    };
  },
  check: ({ parameters, facts }) =>
    (facts['episodes'] ?? []).flatMap(({ supportPairs }) => {
      const tooLarge = ascending(parameters['k'] ?? []).filter((k) => k > (supportPairs ?? k));
      if (tooLarge.length === 0) return [];
      return [
        {
          path: ['k'],
          message: `k is ${tooLarge.join(', ')}, and these episodes have ${supportPairs} support pairs; build some with k: ${tooLarge.at(-1)} for it`,
        },
      ];
    }),
  usesEngine: true,
  facts: evaluationFacts,
  load: () => import('./eval-few-shot-body.js'),
};

/** Distinct numbers from a parameter that is one or several. */
function ascending(given: Json): readonly number[] {
  const list = (Array.isArray(given) ? given : [given]) as readonly number[];
  return [...new Set(list)].sort((one, other) => one - other);
}
