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
import { type AbsentFiles, listenForAbsentFiles } from './reads/absent-files.js';
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
  const absent = listenForAbsentFiles(context.root, parameters.script);
  const ending = await runProgram(listening(context, absent), { ...parameters, argv: launch.argv, env });
  const failure = describeEnding(ending);
  if (context.signal.aborted) throw context.signal.reason;
  if (failure !== undefined) {
    const hint = adviceOn(ending, parameters) ?? absent.advice();
    throw new FailureError({ reason: 'step-failed', ...failure, ...(hint === undefined ? {} : { hint }) });
  }
  await collectOutputs(context, parameters.outputs);
}

/** What Python's argparse says with exit code 2: it does not know a flag, or not such a value. */
function adviceOn(ending: Ending, { argv, args, params }: ProgramParameters): string | undefined {
  const hasFlags = argv === undefined && args === undefined && params !== undefined;
  if (!hasFlags || ending.type !== 'exited' || ending.exitCode !== 2) return undefined;
  return `the script may not take one of its flags, which are the names under params: ${Object.keys(params).join(', ')}; \`args\` says what it takes instead`;
}

/** The context, what the program prints told to another, too. */
function listening(
  context: KindContext<ProgramParameters>,
  absent: AbsentFiles,
): KindContext<ProgramParameters> {
  return {
    ...context,
    printed(ended, open) {
      absent.hear(ended);
      context.printed(ended, open);
    },
  };
}
