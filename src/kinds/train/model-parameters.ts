const count = { type: 'integer', minimum: 1 } as const;

/** Sizes of the model, as parameters of the kinds that train one. */
export const modelParameters = {
  embedding_size: { description: 'Numbers in the embedding of an item.', ...count, default: 64 },
  hidden_size: { description: 'Units of the GRU.', ...count, default: 128 },
} as const;
