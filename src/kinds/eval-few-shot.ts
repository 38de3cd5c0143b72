import type { Kind } from './kind.js';

const stepCount = { type: 'integer', minimum: 0, maximum: 10_000 };

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
      max_episodes: {
        description: 'Evaluates only the first so many episodes, by episode id; without it, all.',
        type: 'integer',
        minimum: 1,
      },
      max_prefix_length: {
        description: 'Longer prefixes keep their last items only.',
        type: 'integer',
        minimum: 1,
        default: 50,
      },
    },
  },
  inputs: {
    model: { shape: { type: 'file', content: 'model' }, description: 'The model to adapt.' },
    episodes: {
      shape: {
        type: 'bundle',
        ports: {
          pairs: { type: 'file', content: 'pairs' },
          episodes: { type: 'file', content: 'episodes' },
          items: { type: 'file', content: 'items' },
        },
      },
      description: 'Support and query pairs of the users to evaluate on.',
    },
    settings: {
      shape: { type: 'file', content: 'settings' },
      description: 'Chosen values of inner_lr and steps, in place of those of `with`.',
      required: false,
    },
  },
  outputs: {
    metrics: {
      shape: { type: 'file', content: 'metrics' },
      description: 'accuracy@1, recall@5, recall@10, ndcg@10 and mrr for each step count.',
    },
    ranks: {
      shape: { type: 'file', content: 'ranks' },
      description: "The rank of every query pair's next item for each step count.",
    },
  },
  settings: ['inner_lr', 'steps'],
  canonical(parameters) {
    const { steps: given, inner_lr: rate, adapt, ...rest } = parameters;
    const list = (Array.isArray(given) ? given : [given]) as readonly number[];
    const steps = [...new Set(list)].sort((one, other) => one - other);
    // Without a step there is nothing that a rate could change.
    const adapts = steps.some((count) => count > 0);
    return {
      ...rest,
      steps,
      ...(rate !== undefined && adapts ? { inner_lr: rate } : {}),
      ...(adapt !== undefined && adapts ? { adapt } : {}),
    };
  },
  usesEngine: true,
  load: () => import('./eval-few-shot-body.js'),
};
