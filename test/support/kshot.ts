import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../src/run/event.js';
import type { Project } from './temporary-project.js';

/** The built command line, which tests run as users do. */
export const mainFile = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface KshotOptions {
  /** Added to the environment; `undefined` takes a name out. */
  readonly environment?: { readonly [name: string]: string | undefined };
  /** Folder to start in, relative to the project; default its root. */
  readonly folder?: string;
  /** Milliseconds after which the process is killed and the promise rejected; default four minutes. */
  readonly timeoutMilliseconds?: number;
  /** Another build to run than this checkout's `dist/`, absolute path of its main module. */
  readonly main?: string;
}

export interface Finished {
  /** The exit code; 128 + the signal's number where a signal ended the process. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when the output so far matches; rejects when the process ends without it. */
  until(pattern: RegExp): Promise<void>;
}

const numbersOfSignals: { readonly [signal: string]: number } = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** Starts the real command line in a project, with neither colour nor CI in its environment. */
export function startKshot(project: Project, args: readonly string[], options: KshotOptions = {}): Running {
  // The same engines on every machine; a test of GPUs says which there are.
  const environment: NodeJS.ProcessEnv = { KSHOT_GPUS: 'none', ...process.env, ...options.environment };
  for (const name of [
    'NO_COLOR',
    'FORCE_COLOR',
    'CI',
    'NODE_OPTIONS',
    'VIRTUAL_ENV',
    'VITEST',
    'npm_lifecycle_event',
    'npm_execpath',
  ]) {
    if (options.environment?.[name] === undefined) delete environment[name];
  }
  const startedAt = performance.now();
  const child = spawn(process.execPath, [options.main ?? mainFile, ...args], {
    cwd: project.path(options.folder ?? '.'),
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      output[name] += text;
      for (const watch of watchers) watch();
    });
  }
  const milliseconds = options.timeoutMilliseconds ?? 240_000;
  const finished = new Promise<Finished>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`kshot ${args.join(' ')} ran past ${milliseconds} ms\n${output.stderr}`));
    }, milliseconds);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const exitCode = code ?? 128 + (numbersOfSignals[signal ?? ''] ?? 0);
      resolve({ exitCode, ...output, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
  // A test that only waits for a pattern and kills must not fail by an unhandled rejection.
  finished.catch(() => undefined);
  return {
    process: child,
    finished,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (!pattern.test(output.stdout) && !pattern.test(output.stderr)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
        finished.then(
          () => reject(new Error(`kshot ended before ${pattern}\n${output.stdout}\n${output.stderr}`)),
          reject,
        );
      }),
  };
}

/** Runs the real command line in a project to its end. */
export function kshot(
  project: Project,
  args: readonly string[],
  options: KshotOptions = {},
): Promise<Finished> {
  return startKshot(project, args, options).finished;
}

/** The events that `kshot run --json` printed. */
export function eventsOf(finished: Pick<Finished, 'stdout'>): readonly RunEvent[] {
  return finished.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);
}

/** Node ids by outcome, each list sorted: the usual question about a run. */
export function nodesByOutcome(events: readonly RunEvent[]): {
  readonly [outcome: string]: readonly string[];
} {
  const byOutcome: { [outcome: string]: string[] } = {};
  for (const event of events) {
    if (event.event !== 'step.finish') continue;
    byOutcome[event.outcome] ??= [];
    byOutcome[event.outcome]?.push(event.node);
  }
  for (const nodes of Object.values(byOutcome)) nodes.sort();
  return byOutcome;
}
