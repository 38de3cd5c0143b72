import { defineKind } from '../kind.js';
import { type Canonical, declareParameters, inNoKey } from '../parameters.js';
import { fileOf } from '../shapes.js';

const expected =
  'weights of the built-in GRU as PyTorch 1.6 or later saves them: torch.save(model.state_dict(), path), or a dictionary that holds them as model_state_dict';

const parameters = declareParameters(
  {
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
  { canonical: { path: inNoKey } },
);

/** What reaches the body. */
export type ModelImportParameters = Canonical<typeof parameters>;

/** A model that was trained elsewhere. */
export const modelImport = defineKind({
  name: 'model.import',
  summary:
    'Takes the weights of a GRU recommender (embedding, one nn.GRU layer, a linear layer over the items) from a PyTorch checkpoint or a safetensors file, without Python and without running anything that the file names.',
  parameters,
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
  files: ({ path }) => ({ files: [{ name: 'path', path, expected }] }),
  load: () => import('./model-import-body.js'),
});
