import { typedOutput } from './typed-output.js';

/** A model that a program trained. */
export const readGru = typedOutput({
  content: 'model',
  summary:
    'Reads a model that a program trained: the built-in GRU as safetensors, by the names of its tensors.',
  description: 'The model, byte for byte.',
  load: () => import('./read-model-body.js'),
});
