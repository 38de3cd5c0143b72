import { moduleParameters } from '../module-parameters.js';

const count = { type: 'integer', minimum: 1 } as const;

/** Sizes of the model, as parameters of the kinds that train one. */
export const modelParameters = {
  embedding_size: { description: 'Numbers in the embedding of an item.', ...count, default: 64 },
  hidden_size: { description: 'Units of the GRU.', ...count, default: 128 },
  ...moduleParameters,
} as const;

/** In the key: the sizes are those of the built-in GRU. */
export const modelForms = {
  embedding_size: ofBuiltIn,
  hidden_size: ofBuiltIn,
};

function ofBuiltIn(size: number, { model }: { readonly model?: unknown }): number | undefined {
  return model === undefined ? size : undefined;
}
