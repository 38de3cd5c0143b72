import { userInfo } from 'node:os';
import { programIn } from '../../base/files/program-file.js';
import type {
  BatchJob,
  BatchJobs,
  BatchSystem,
  JobEnding,
  NotEnded,
  Submission,
} from '../batch/batch-system.js';
import { endingInAccounting, endingInRecord, queueFormat, queueOf } from './queue-answers.js';
import { runCommand } from './run-command.js';
import { sbatchWords, scriptOf, submissionOf } from './sbatch.js';

/** What Slurm has where nobody has changed it: an array may have indices below that. */
const defaultArraySize = 1001;
/** So many names in one command line. */
const mostNames = 100;

/** Slurm, by its commands. Nothing but a controller that answers is needed: no accounting, no REST. */
export class Slurm implements BatchSystem {
  readonly name = 'Slurm';
  private arraySize: Promise<number> | undefined;

  async submit(jobs: BatchJobs): Promise<Submission> {
    this.arraySize ??= readArraySize();
    const count = Math.min(jobs.count, Math.max(1, await this.arraySize));
    const asked = { ...jobs, count };
    return submissionOf(await runCommand('sbatch', sbatchWords(asked), scriptOf(asked)), count);
  }

  async ask(names: readonly string[]): Promise<ReadonlyMap<string, BatchJob> | undefined> {
    const answers = await Promise.all(
      chunked(names).map((some) =>
        runCommand('squeue', [
          '--noheader',
          '--array',
          '--states=all',
          `--user=${userInfo().username}`,
          `--name=${some.join(',')}`,
          `--format=${queueFormat}`,
        ]),
      ),
    );
    if (answers.some(({ exitCode }) => exitCode !== 0)) return undefined;
    return queueOf(answers.map(({ stdout }) => stdout).join('\n'));
  }

  async endingOf(job: string): Promise<JobEnding | NotEnded | undefined> {
    const record = await runCommand('scontrol', ['show', 'job', '--oneliner', job]);
    const known = record.exitCode === 0 ? endingInRecord(record.stdout) : undefined;
    if (known !== undefined) return known;
    // Forgotten by the controller; accounting knows, where there is one.
    const words = ['--noheader', '--parsable2', '--allocations', '--format=State,ExitCode', `--jobs=${job}`];
    const accounted = await runCommand('sacct', words);
    return accounted.exitCode === 0 ? endingInAccounting(accounted.stdout) : undefined;
  }

  async cancel(names: readonly string[], which: 'all' | 'pending'): Promise<void> {
    for (const name of names) {
      const words = [`--user=${userInfo().username}`, `--name=${name}`];
      await runCommand('scancel', which === 'all' ? words : [...words, '--state=PENDING']);
    }
  }
}

/** Whether this machine can submit jobs. */
export function hasSlurm(): boolean {
  return programIn((process.env['PATH'] ?? '').split(':'), 'sbatch') !== undefined;
}

async function readArraySize(): Promise<number> {
  const { stdout } = await runCommand('scontrol', ['show', 'config']);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1] ?? defaultArraySize);
}

function chunked(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / mostNames);
  return Array.from({ length: count }, (_, index) => names.slice(index * mostNames, (index + 1) * mostNames));
}
