import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, copyFile, realpath, rename, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { leavesOf } from '../../base/files/tree.js';
import { killProcessGroup } from '../../base/process-group.js';
import {
  type EndedProgram,
  endProcessesOf,
  type SystemProcess,
  stepFolderVariable,
} from '../../base/step-processes.js';
import { gpuEnvironment } from '../../engines/gpu-devices.js';
import type { KindContext } from '../kind.js';
import type { CommandParameters } from './command.js';
import { createLineReader } from './program-lines.js';

/** How long the program has to end itself before it is killed. */
const graceMilliseconds = 1_000;
/** How long the rest of its output is read when it has ended; what left its group may hold it open for ever. */
const drainMilliseconds = 2_000;

/** Runs the program in the node's scratch folder and moves what it wrote to the output ports. */
export async function run(context: KindContext<CommandParameters>): Promise<void> {
  const { parameters } = context;
  await placeInputs(context);
  for (const path of Object.values(parameters.outputs)) {
    makeFolders(dirname(placeOf(context, path)));
  }
  const failure = describe(await runProgram(context, parameters));
  if (context.signal.aborted) throw context.signal.reason;
  if (failure !== undefined) throw new FailureError({ reason: 'step-failed', ...failure });
  for (const [port, path] of Object.entries(parameters.outputs)) await collect(context, port, path);
}

/**
 * Where a path is in the fresh folder. Planning lets only those through that stay inside; one that it missed must
 * not write elsewhere.
 */
function placeOf({ scratch }: KindContext, path: string): string {
  const place = join(scratch, path);
  if (isInside(place, scratch)) return place;
  throw new FailureError({
    reason: 'invalid-value',
    message: `${path} leaves the step's folder`,
    hint: 'rename the input, or change the path of the file or output',
  });
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

/**
 * Copies, sharing blocks where the file system can: a link would let a program that runs as root write through
 * to the cache, and a linked script would find its neighbours in the root, which no key knows.
 */
async function placeInputs(context: KindContext): Promise<void> {
  const inputs = Object.entries(context.inputs).flatMap(([port, tree]) =>
    [...leavesOf(tree, port)].map(({ path, leaf }) => ({ path, source: leaf })),
  );
  const files = Object.entries(context.files).map(([path, source]) => ({ path, source }));
  for (const { path, source } of [...inputs, ...files]) {
    const target = placeOf(context, path);
    makeFolders(dirname(target));
    try {
      await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new FailureError({
        reason: 'invalid-value',
        message: `${path} is both an input and one of the files, or twice an input`,
        hint: 'rename the input under `in`',
      });
    }
    await chmod(target, (await stat(source)).mode & 0o555);
  }
}

/** How a program came to its end. */
type Ending =
  | { readonly type: 'not-started'; readonly why: string }
  | { readonly type: 'exited'; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null };

/** Runs the program; resolves when it has ended and nothing that it started is waited for any more. */
async function runProgram(context: KindContext, { argv, env }: CommandParameters): Promise<Ending> {
  context.log(`$ ${typeof argv === 'string' ? argv : argv.map(quoted).join(' ')}`);
  const startedAt = performance.now();
  const child = start(context, argv, env);
  if ('why' in child) return child;
  const { pid } = child;
  // With an `error` no `exit` follows.
  const exited = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ type: 'not-started', why: error.message }));
    child.once('exit', (exitCode, signal) => resolve({ type: 'exited', exitCode, signal }));
  });
  const closed = readLines(child, context.log);
  if (pid === undefined) return await exited;
  context.ownProcessGroup(pid);
  const timers: NodeJS.Timeout[] = [];
  const gaveUp = new Promise<Ending>((resolve) => {
    const end = () => {
      killProcessGroup(pid, 'SIGTERM');
      timers.push(
        setTimeout(() => killProcessGroup(pid, 'SIGKILL'), graceMilliseconds),
        setTimeout(() => resolve({ type: 'exited', exitCode: null, signal: null }), 3 * graceMilliseconds),
      );
    };
    context.signal.addEventListener('abort', end, { once: true });
    if (context.signal.aborted) end();
  });
  const ending = await Promise.race([exited, gaveUp]);
  timers.forEach(clearTimeout);
  await endWhatIsLeft(context, { processId: pid, startedAt });
  if (!(await isWithin(closed, drainMilliseconds))) {
    context.log(
      'something that the program started holds its output open, and could not be found: what else it writes is not read',
    );
    child.stdout.destroy();
    child.stderr.destroy();
  }
  return ending;
}

function start(
  { scratch, gpus }: KindContext,
  argv: CommandParameters['argv'],
  env: CommandParameters['env'],
) {
  const inherited = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const isLine = typeof argv === 'string';
  // The schema wants at least one element.
  const [file, ...rest] = isLine ? [argv] : argv;
  try {
    return spawn(file!, rest, {
      shell: isLine,
      cwd: scratch,
      env: {
        ...Object.fromEntries(inherited),
        ...gpuEnvironment(gpus),
        ...env,
        [stepFolderVariable]: scratch,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what the program starts ends with it.
      detached: true,
    });
  } catch (error) {
    // Some refusals of the system are thrown, such as of too long a list of arguments.
    return { type: 'not-started', why: (error as Error).message } as const;
  }
}

/** Resolves when both outputs are closed. */
async function readLines(
  { stdout, stderr }: { readonly stdout: Readable; readonly stderr: Readable },
  log: (line: string) => void,
): Promise<void> {
  await Promise.all(
    [stdout, stderr].map((stream) => {
      const lines = createLineReader(log);
      stream.on('data', (chunk: Buffer) => lines.write(chunk));
      // An output that can no longer be read has ended.
      stream.on('error', () => stream.destroy());
      return new Promise<void>((resolve) => {
        stream.once('close', () => {
          lines.end();
          resolve();
        });
      });
    }),
  );
}

/** Ends what the program has left running, in its group and outside of it, and says of what left its group. */
async function endWhatIsLeft({ scratch, log }: KindContext, program: EndedProgram): Promise<void> {
  killProcessGroup(program.processId, 'SIGKILL');
  const { ended, left } = await endProcessesOf(scratch, program, graceMilliseconds);
  if (ended.length > 0) log(`the program left this running, and it was ended: ${namesOf(ended)}`);
  if (left.length > 0) log(`the program left this running, and it was not ended: ${namesOf(left)}`);
}

function namesOf(processes: readonly SystemProcess[]): string {
  return processes.map(({ name, processId }) => `${name} (process ${processId})`).join(', ');
}

function isWithin(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function describe(ending: Ending): { readonly message: string; readonly hint?: string } | undefined {
  if (ending.type === 'exited') {
    if (ending.exitCode === 0) return undefined;
    if (ending.exitCode !== null) return { message: `the program ended with exit code ${ending.exitCode}` };
    return { message: `the program was ended by ${ending.signal ?? 'nobody, and runs on'}` };
  }
  const [, absent] = /^spawn (.+) ENOENT$/.exec(ending.why) ?? [];
  return {
    message: `the program could not be started: ${absent === undefined ? ending.why : `there is no ${absent}`}`,
    hint: 'only PATH, HOME and LANG are passed on; a script of the root must be listed under `files`',
  };
}

async function collect(context: KindContext, port: string, path: string): Promise<void> {
  // Follows links, of folders above it too.
  const found = await realpath(placeOf(context, path)).catch(() => undefined);
  const folder = await realpath(context.scratch).catch(() => undefined);
  if (folder === undefined) {
    throw unfit(
      `the program removed the folder in which it was started, and ${path} with it`,
      'have the program remove only what it has made',
    );
  }
  if (found === undefined) {
    throw unfit(
      `the program did not write ${path}`,
      `outputs.${port} names a file relative to the folder in which the program starts`,
    );
  }
  if (!isInside(found, folder)) {
    throw unfit(
      `${path} is a link to ${found}, outside of the step's folder`,
      'have the program copy the file',
    );
  }
  const look = await stat(found);
  if (look.isDirectory()) {
    throw unfit(
      `${path} is a folder, and an output is a single file`,
      `have the program pack it (tar -cf ${path}.tar ${path}) and write outputs: { ${port}: ${path}.tar }`,
    );
  }
  if (!look.isFile()) throw unfit(`${path} is neither a file nor a folder`, 'have the program write a file');
  if (found === join(folder, path)) await rename(found, context.output(port));
  else await copyFile(found, context.output(port), constants.COPYFILE_FICLONE);
}

function unfit(message: string, hint: string): FailureError {
  return new FailureError({ reason: 'output-missing', message, hint });
}
