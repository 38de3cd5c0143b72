import { constants, copyFileSync, readFileSync } from 'node:fs';
import { FailureError } from '../../../base/failure.js';
import { readModel } from '../../../model/model-file.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import type { TypedOutputParameters } from './typed-output.js';

/** Writes the port: the model as it is, once its tensors are known to be those of one. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const file = filePath(inputTree(context, 'file'));
  try {
    context.log(readModel(readFileSync(file), path).layout.sizes);
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.hint !== undefined) throw error;
    const hint =
      'as: model is the built-in GRU (safetensors.torch.save_file(model.state_dict(), path)); leave it out for a model of your own';
    throw new FailureError({ ...error.failure, hint });
  }
  copyFileSync(file, context.output(port), constants.COPYFILE_FICLONE);
}
