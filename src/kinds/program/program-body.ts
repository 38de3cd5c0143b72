import { dirname } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import type { KindContext } from '../kind.js';
import { collectOutputs } from './collect-outputs.js';
import { isFolder } from './folder/is-folder.js';
import { launchOf } from './launch.js';
import { placeInputs, placeOf } from './place-inputs.js';
import { programEnvironment } from './program-environment.js';
import type { ProgramParameters } from './program-parameters.js';
import { pathNamed } from './reads/file-entries.js';
import { describeEnding, type Ending, runProgram } from './run-program.js';

/** Runs the program in the node's scratch folder and moves what it wrote to the output ports. */
export async function run(context: KindContext<ProgramParameters>): Promise<void> {
  const { parameters } = context;
  await placeInputs(context, parameters.labels);
  for (const path of Object.values(parameters.outputs)) {
    const place = placeOf(context, path);
    makeFolders(isFolder(path) ? place : dirname(place));
  }
  const launch = launchOf(parameters, (name) => pathNamed(name, context.files));
  const env = programEnvironment(context, launch);
  const ending = await runProgram(context, { ...parameters, argv: launch.argv, env });
  const failure = describeEnding(ending);
  if (context.signal.aborted) throw context.signal.reason;
  if (failure !== undefined) {
    throw new FailureError({ reason: 'step-failed', ...failure, ...adviceOn(ending, parameters) });
  }
  await collectOutputs(context, parameters.outputs);
}

/** What Python's argparse says with exit code 2: it does not know a flag, or not such a value. */
function adviceOn(ending: Ending, { argv, args, params }: ProgramParameters): { readonly hint?: string } {
  const hasFlags = argv === undefined && args === undefined && params !== undefined;
  if (!hasFlags || ending.type !== 'exited' || ending.exitCode !== 2) return {};
  return {
    hint: `the script may not take one of its flags, which are the names under params: ${Object.keys(params).join(', ')}; \`args\` says what it takes instead`,
  };
}
