import { evaluationFacts } from './baseline-ports.js';
import type { Kind } from './kind.js';
import { episodeFiles, fileOf } from './shapes.js';
import { evaluationParameters } from './shared-parameters.js';

/** A model's ranks and metrics as it is. */
export const evalZeroShot: Kind = {
  name: 'eval.zero_shot',
  summary: "Ranks the query pairs' next items with a model as it is, without adapting it to anybody.",
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      ...evaluationParameters,
      pad_to: {
        description:
          'null, or a length up to which item 0 is appended to shorter prefixes, so that the GRU runs on over the padding: how the notebook came to its zero-shot figure.',
        anyOf: [{ type: 'null' }, { type: 'integer', minimum: 1 }],
        default: null,
      },
    },
  },
  inputs: {
    model: { shape: fileOf('model'), description: 'The model to evaluate.' },
    episodes: {
      shape: episodeFiles,
      description: 'The episodes of the users to evaluate on; only their query pairs count.',
    },
  },
  outputs: {
    metrics: {
      shape: fileOf('metrics'),
      description: 'accuracy@1, recall@5, recall@10, ndcg@10 and mrr.',
    },
    ranks: {
      shape: fileOf('ranks'),
      description: "The rank of every query pair's next item.",
    },
  },
  canonical: ({ pad_to = null, ...rest }) => (pad_to === null ? rest : { ...rest, pad_to }),
  usesEngine: true,
  facts: evaluationFacts,
  load: () => import('./eval-zero-shot-body.js'),
};
