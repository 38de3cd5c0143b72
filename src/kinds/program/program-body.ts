import { dirname } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { pythonBefore } from '../chosen-python.js';
import type { KindContext } from '../kind-body.js';
import { filePath } from '../ports.js';
import { collectOutputs } from './collect-outputs.js';
import { isFolder } from './folder/is-folder.js';
import { recordLaunch } from './lasting/launch-record.js';
import { statePort } from './lasting/program-segments.js';
import {
  closeState,
  handOnState,
  openState,
  type ProgramState,
  placeEvents,
} from './lasting/program-state.js';
import { type Launch, launchOf } from './launch.js';
import { placeInputs, placeOf } from './place-inputs.js';
import { programEnvironment } from './program-environment.js';
import type { ProgramParameters } from './program-parameters.js';
import { type AbsentFiles, listenForAbsentFiles } from './reads/absent-files.js';
import { pathNamed } from './reads/file-entries.js';
import { describeEnding, type Ending, runProgram } from './run-program.js';

/** Runs the program in the node's scratch folder and moves what it wrote to the output ports. */
export async function run(context: KindContext<ProgramParameters>): Promise<void> {
  const { parameters } = context;
  const { before, inputs } = stateBefore(context);
  await placeInputs({ ...context, inputs }, parameters.labels, parameters.tables);
  for (const path of Object.values(parameters.outputs)) {
    const place = placeOf(context, path);
    makeFolders(isFolder(path) ? place : dirname(place));
  }
  const launch = byProjectsPython(
    launchOf(parameters, (name) => pathNamed(name, context.files)),
    context,
  );
  const env = programEnvironment(context, launch);
  const state = await openState(context, before);
  try {
    const absent = listenForAbsentFiles(context.root, parameters.script);
    const program = { ...parameters, argv: launch.argv, env };
    const ending = await runProgram(listening(context, absent), program, state);
    await placeEvents(context, state);
    const failure = describeEnding(ending);
    if (context.signal.aborted) throw context.signal.reason;
    if (failure !== undefined) {
      const hint = adviceOnFlags(ending, parameters) ?? absent.advice() ?? adviceOnState(ending, state);
      throw new FailureError({ reason: 'step-failed', ...failure, ...(hint === undefined ? {} : { hint }) });
    }
    await collectOutputs(context, parameters.outputs);
    if (parameters.segment === true) await handOnState(context, state);
  } catch (error) {
    recordLaunch(context, launch, env);
    throw error;
  } finally {
    closeState(context);
  }
}

/** A step in Python is started by the interpreter that was chosen, where that goes before its own PATH. */
function byProjectsPython(launch: Launch, { parameters, python }: KindContext<ProgramParameters>): Launch {
  const program = pythonBefore(python, parameters.env['PATH'] !== undefined);
  const isPythons = parameters.argv === undefined && typeof launch.argv !== 'string';
  return program === undefined || !isPythons
    ? launch
    : { ...launch, argv: [program, ...launch.argv.slice(1)] };
}

/** What a segment goes on from, which is no file of the program's folder. */
function stateBefore({ inputs, parameters }: KindContext<ProgramParameters>) {
  if (parameters.segment !== true) return { inputs };
  const { [statePort]: before, ...others } = inputs;
  return before === undefined ? { inputs: others } : { inputs: others, before: filePath(before) };
}

/** What Python's argparse says with exit code 2: it does not know a flag, or not such a value. */
function adviceOnFlags(ending: Ending, { argv, args, params }: ProgramParameters): string | undefined {
  const hasFlags = argv === undefined && args === undefined && params !== undefined;
  if (!hasFlags || ending.type !== 'exited' || ending.exitCode !== 2) return undefined;
  return `the script may not take one of its flags, which are the names under params: ${Object.keys(params).join(', ')}; \`args\` says what it takes instead`;
}

/** What goes on from an earlier attempt may have fallen over what that left. */
function adviceOnState(ending: Ending, { isResumed }: ProgramState): string | undefined {
  if (!isResumed || ending.type !== 'exited') return undefined;
  return 'it went on from what an attempt before left in KSHOT_STATE; where that is at fault, `kshot run --force=STEP` begins without';
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
