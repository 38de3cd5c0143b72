import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { killProcessGroup } from '../../base/process-group.js';
import {
  type EndedProgram,
  endProcessesOf,
  type SystemProcess,
  stepFolderVariable,
} from '../../base/step-processes.js';
import { gpuEnvironment } from '../../engines/gpu-devices.js';
import type { KindContext, Progress } from '../kind-body.js';
import type { CommandParameters } from './command.js';
import { environmentOfState, type ProgramState } from './lasting/program-state.js';
import { quotedWord } from './launch.js';
import { variablesOf } from './program-environment.js';
import { type EventListener, eventsVariable, followEvents } from './program-events.js';
import { ProgramScreen } from './program-lines.js';
import { projectPathsIn } from './project-paths.js';

/** How long the program has to end itself before it is killed. */
const graceMilliseconds = 1_000;
/** How long the rest of its output is read when it has ended; what left its group may hold it open for ever. */
const drainMilliseconds = 2_000;
/** How often what the program prints is shown. */
const showMilliseconds = 100;

/** How a program came to its end. */
export type Ending =
  | { readonly type: 'not-started'; readonly why: string }
  | { readonly type: 'exited'; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null };

/** Runs the program; resolves when it has ended and nothing that it started is waited for any more. */
export async function runProgram(
  context: KindContext,
  { argv, env }: CommandParameters,
  state: ProgramState,
): Promise<Ending> {
  context.log(`$ ${typeof argv === 'string' ? argv : argv.map(quotedWord).join(' ')}`);
  // Before it starts: a program may remove its folder at once.
  const shown = projectPathsIn([context.scratch, realpathSync(context.scratch)]);
  const startedAt = performance.now();
  const child = start(context, argv, { ...env, ...environmentOfState(state) });
  if ('why' in child) return child;
  const { pid } = child;
  // With an `error` no `exit` follows.
  const exited = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ type: 'not-started', why: error.message }));
    child.once('exit', (exitCode, signal) => resolve({ type: 'exited', exitCode, signal }));
  });
  const output = readOutput(child, context, shown);
  if (pid === undefined) return await exited;
  const events = readEvents(context, state);
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
  if (!(await isWithin(output.closed, drainMilliseconds))) {
    context.log(
      'something that the program started holds its output open, and could not be found: what else it writes is not read',
    );
    output.abandon();
    await output.closed;
  }
  events.finish();
  return ending;
}

function start(
  { scratch, gpus, tracer = [] }: KindContext,
  argv: CommandParameters['argv'],
  env: CommandParameters['env'],
) {
  // The schema wants at least one element.
  const [file, ...rest] = [...tracer, ...(typeof argv === 'string' ? ['/bin/sh', '-c', argv] : argv)];
  try {
    return spawn(file!, rest, {
      cwd: scratch,
      env: {
        ...variablesOf(['PATH', 'HOME', 'LANG']),
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

/** A program's output while it is read. */
interface ReadOutput {
  /** Settles when both outputs are closed, and all that was read is in the log. */
  readonly closed: Promise<void>;
  /** Reads no more. */
  abandon(): void;
}

/**
 * Reads what the program prints into the log, as `shown` makes of each line: what has ended, and a few times a second
 * what has not.
 */
function readOutput(
  { stdout, stderr }: { readonly stdout: Readable; readonly stderr: Readable },
  context: KindContext,
  shown: (line: string) => string,
): ReadOutput {
  // Each draws its own lines; those of both that have not ended stand at the end of the log.
  const screens = [stdout, stderr].map((stream) => ({ stream, screen: new ProgramScreen() }));
  let timer: NodeJS.Timeout | undefined;
  const show = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const printed = screens.map(({ screen }) => screen.take());
    context.printed(
      printed.flatMap(({ ended }) => ended.map(shown)),
      printed.flatMap(({ open }) => open.map(shown)),
    );
  };
  const closed = screens.map(({ stream, screen }) => {
    stream.on('data', (chunk: Buffer) => {
      screen.write(chunk);
      if (screen.isFull) show();
      else timer ??= setTimeout(show, showMilliseconds);
    });
    // An output that can no longer be read has ended.
    stream.on('error', () => stream.destroy());
    return new Promise<void>((resolve) => {
      stream.once('close', () => {
        show();
        context.printed(screen.end().map(shown), []);
        resolve();
      });
    });
  });
  return {
    closed: Promise.all(closed).then(show),
    abandon() {
      for (const { stream } of screens) stream.destroy();
    },
  };
}

/** Makes progress of what the program sends while it runs; of lines that are no events the first is told. */
function readEvents(
  { progress, log }: KindContext,
  { events, eventsBefore }: ProgramState,
): { finish(): void } {
  let said: Pick<Progress, 'total' | 'unit'> = { unit: 'steps' };
  let problems = 0;
  const listener: EventListener = {
    event({ step, total, unit, values }) {
      said = {
        ...said,
        ...(total === undefined ? {} : { total }),
        ...(unit === undefined ? {} : { unit }),
      };
      progress({ ...said, done: Math.max(0, step), values });
    },
    problem({ line, message }) {
      problems++;
      if (problems === 1) log(`line ${line} of ${eventsVariable}: ${message}; it is passed over`);
    },
  };
  const follower = followEvents(events, listener, eventsBefore);
  return {
    finish() {
      follower.finish();
      if (problems > 1) log(`${problems} lines of ${eventsVariable} were passed over, or a part of them`);
    },
  };
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

const killHint =
  'not by kshot: so the system ends what takes more memory than there is; ask for it with `resources: { memory: 8 GiB }`, run fewer steps at once (--jobs), or have it tried again with `retries: 1`';

export function describeEnding(
  ending: Ending,
): { readonly message: string; readonly hint?: string } | undefined {
  if (ending.type === 'exited') {
    if (ending.exitCode === 0) return undefined;
    if (ending.exitCode !== null) return { message: `the program ended with exit code ${ending.exitCode}` };
    const message = `the program was ended by ${ending.signal ?? 'nobody, and runs on'}`;
    return ending.signal === 'SIGKILL' ? { message, hint: killHint } : { message };
  }
  const [, absent] = /^spawn (.+) ENOENT$/.exec(ending.why) ?? [];
  return {
    message: `the program could not be started: ${absent === undefined ? ending.why : `there is no ${absent}`}`,
    hint: 'only PATH, HOME and LANG are passed on; a script of the root must be listed under `files`',
  };
}
