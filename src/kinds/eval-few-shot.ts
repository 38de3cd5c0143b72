import type { Kind } from './kind.js';
import { episodeFiles, fileOf } from './shapes.js';
import { evaluationParameters } from './shared-parameters.js';

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
        description: 'Learning rate of the adaptation.',
        type: 'number',
        exclusiveMinimum: 0,
        default: 0.05,
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
  outputs: {
    metrics: {
      shape: fileOf('metrics'),
      description: 'accuracy@1, recall@5, recall@10, ndcg@10 and mrr for each step count.',
    },
    ranks: {
      shape: fileOf('ranks'),
      description: "The rank of every query pair's next item for each step count.",
    },
  },
  settings: ['inner_lr', 'steps'],
  canonical(parameters) {
    const { steps: given, inner_lr: rate, ...rest } = parameters;
    const list = (Array.isArray(given) ? given : [given]) as readonly number[];
    const steps = [...new Set(list)].sort((one, other) => one - other);
    // Without a step there is nothing that a rate could change.
    return {
      ...rest,
      steps,
      ...(rate !== undefined && steps.some((count) => count > 0) ? { inner_lr: rate } : {}),
    };
  },
  usesEngine: true,
  load: () => import('./eval-few-shot-body.js'),
};
