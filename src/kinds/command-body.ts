import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, realpath, rename, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { execa, type Result as ProcessResult } from 'execa';
import { FailureError } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import { killProcessGroup } from '../base/process-group.js';
import { leavesOf } from '../base/tree.js';
import { gpuEnvironment } from '../engines/gpu-devices.js';
import type { KindContext } from './kind.js';

/** What reaches the body: `argv` as strings (one where a shell reads it), output paths by port. */
export interface CanonicalCommand extends JsonObject {
  readonly argv: readonly string[] | string;
  readonly env: { readonly [name: string]: string };
  readonly outputs: { readonly [port: string]: string };
}

/** How long the program has to end itself before it is killed. */
const graceMilliseconds = 1_000;

/** Runs the program in the node's scratch folder and moves what it wrote to the output ports. */
export async function run(context: KindContext): Promise<void> {
  const parameters = context.parameters as CanonicalCommand;
  await placeInputs(context);
  for (const path of Object.values(parameters.outputs)) {
    await mkdir(dirname(placeOf(context, path)), { recursive: true });
  }
  const result = await runProgram(context, parameters);
  if (context.signal.aborted) throw context.signal.reason;
  if (result.failed) throw new FailureError({ reason: 'step-failed', ...describe(result) });
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
    await mkdir(dirname(target), { recursive: true });
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

async function runProgram(
  context: KindContext,
  { argv, env }: CanonicalCommand,
): Promise<Pick<ProcessResult, 'failed' | 'exitCode' | 'signal' | 'originalMessage'>> {
  const inherited = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const shell = typeof argv === 'string';
  // The schema wants at least one element.
  const [file, ...rest] = shell ? [argv] : argv;
  context.log(`$ ${shell ? argv : argv.map(quoted).join(' ')}`);
  const subprocess = execa(file!, rest, {
    shell,
    cwd: context.scratch,
    env: { ...Object.fromEntries(inherited), ...gpuEnvironment(context.gpus), ...env },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    // A group of its own, so that what the program starts ends with it.
    detached: true,
    cleanup: false,
  });
  const { pid } = subprocess;
  if (pid === undefined) return await subprocess;
  context.ownProcessGroup(pid);
  let kill: NodeJS.Timeout | undefined;
  const end = () => {
    killProcessGroup(pid, 'SIGTERM');
    kill = setTimeout(() => killProcessGroup(pid, 'SIGKILL'), graceMilliseconds);
  };
  // What the program leaves behind would keep its output open.
  subprocess.once('exit', () => killProcessGroup(pid, 'SIGKILL'));
  context.signal.addEventListener('abort', end, { once: true });
  if (context.signal.aborted) end();
  try {
    for await (const line of subprocess.iterable({ from: 'all' })) context.log(String(line));
    return await subprocess;
  } finally {
    context.signal.removeEventListener('abort', end);
    clearTimeout(kill);
  }
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function describe(result: Pick<ProcessResult, 'exitCode' | 'signal' | 'originalMessage'>): {
  readonly message: string;
  readonly hint?: string;
} {
  if (result.signal !== undefined) return { message: `the program was ended by ${result.signal}` };
  if (result.exitCode !== undefined)
    return { message: `the program ended with exit code ${result.exitCode}` };
  const why = result.originalMessage ?? 'no reason given';
  const [, absent] = /^spawn (.+) ENOENT$/.exec(why) ?? [];
  return {
    message: `the program could not be started: ${absent === undefined ? why : `there is no ${absent}`}`,
    hint: 'only PATH, HOME and LANG are passed on; a script of the root must be listed under `files`',
  };
}

async function collect(context: KindContext, port: string, path: string): Promise<void> {
  // Follows links, of folders above it too.
  const found = await realpath(placeOf(context, path)).catch(() => undefined);
  const folder = await realpath(context.scratch);
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
