import { execFile } from 'node:child_process';

/** What a program of Slurm printed, and how it ended. */
export interface CommandAnswer {
  /** Undefined where it could not be started, or did not end in time. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const longestMilliseconds = 60_000;

/**
 * Runs a program of Slurm. Where this process is itself in a job, it hides that: what that job has is no wish of the one
 * that is submitted.
 */
export function runCommand(program: string, words: readonly string[], input = ''): Promise<CommandAnswer> {
  return new Promise((resolve) => {
    const options = {
      env: environmentOutside(process.env),
      timeout: longestMilliseconds,
      maxBuffer: 2 ** 26,
    };
    try {
      const child = execFile(program, words, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        const exitCode = typeof code === 'number' ? code : undefined;
        resolve({ exitCode, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
      });
      // A program that does not read ends the pipe.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    } catch (error) {
      // Some refusals of the system are thrown, such as where it has no memory left.
      resolve({ exitCode: undefined, stdout: '', stderr: (error as Error).message });
    }
  });
}

/** The environment without what a job around this process has in it; how Slurm is reached stays. */
export function environmentOutside(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofJob = (name: string) =>
    (name.startsWith('SLURM') && name !== 'SLURM_CONF') ||
    name === 'CUDA_VISIBLE_DEVICES' ||
    name === 'KSHOT_GPUS';
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ofJob(name)));
}
