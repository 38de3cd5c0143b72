import type { ModelFamily } from '../model-family.js';
import type { GruShape } from './gru-shape.js';
import { initialParameters } from './initial-parameters.js';
import { parameterCount, parameterLayout } from './parameter-layout.js';

/** The built-in recommender: embedding, one GRU layer, a linear layer over the items. */
export const gru = {
  layout: (shape) => ({
    shape,
    sizes: `${shape.items} items, embedding_size ${shape.embedding} and hidden_size ${shape.hidden}`,
    tensors: parameterLayout(shape),
    parameterCount: parameterCount(shape),
    head: ['fc.weight', 'fc.bias'],
    itemEmbedding: 'embedding.weight',
  }),
  initialParameters,
  recognizedBy: 'matrices embedding.weight and gru.weight_hh_l0',
  shapeOf(tensors) {
    const [items, embedding] = tensors.get('embedding.weight')?.shape ?? [];
    const hidden = tensors.get('gru.weight_hh_l0')?.shape[1];
    if (items === undefined || embedding === undefined || hidden === undefined) return undefined;
    return { items, embedding, hidden };
  },
} satisfies ModelFamily<GruShape>;
