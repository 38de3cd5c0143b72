import { dirname } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import type { KindContext } from '../kind.js';
import { collectOutputs } from './collect-outputs.js';
import type { CommandParameters } from './command.js';
import { isFolder } from './folder/is-folder.js';
import { placeInputs, placeOf } from './place-inputs.js';
import { describeEnding, runProgram } from './run-program.js';

/** Runs the program in the node's scratch folder and moves what it wrote to the output ports. */
export async function run(context: KindContext<CommandParameters>): Promise<void> {
  const { parameters } = context;
  await placeInputs(context);
  for (const path of Object.values(parameters.outputs)) {
    const place = placeOf(context, path);
    makeFolders(isFolder(path) ? place : dirname(place));
  }
  const failure = describeEnding(await runProgram(context, parameters));
  if (context.signal.aborted) throw context.signal.reason;
  if (failure !== undefined) throw new FailureError({ reason: 'step-failed', ...failure });
  await collectOutputs(context, parameters.outputs);
}
