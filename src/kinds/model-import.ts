import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';

const expected =
  'weights of the built-in GRU as PyTorch 1.6 or later saves them: torch.save(model.state_dict(), path), or a dictionary that holds them as model_state_dict';

/** A model that was trained elsewhere. */
export const modelImport: Kind = {
  name: 'model.import',
  summary:
    'Takes the weights of a GRU recommender (embedding, one nn.GRU layer, a linear layer over the items) from a PyTorch checkpoint or a safetensors file, without Python and without running anything that the file names.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: {
        description:
          'The file; relative to the root, or absolute. A state dict, one under model_state_dict beside other things, or safetensors.',
        type: 'string',
        minLength: 1,
      },
      padding_row: {
        description:
          'Which row of the embedding (and of the output layer, where it has it too) stands for padding and no item; it is left out.',
        enum: ['none', 'first', 'last'],
        default: 'none',
      },
    },
  },
  inputs: {
    items: {
      shape: fileOf('items'),
      description:
        'The items of the data that the model was trained on; their ids are the rows of the embedding.',
    },
  },
  outputs: {
    model: {
      shape: fileOf('model'),
      description:
        "The model as safetensors under PyTorch's names. kshot takes it as trained on train: whoever trained it answers for the users of val and test not having been in it.",
      from: [],
      role: 'train',
    },
  },
  files: ({ path }) => [{ name: 'path', path: String(path), expected }],
  canonical: ({ padding_row = 'none' }) => ({ padding_row }),
  load: () => import('./model-import-body.js'),
};
