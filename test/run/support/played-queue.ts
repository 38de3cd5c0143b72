import { appendFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  BatchJob,
  BatchJobs,
  BatchSystem,
  JobEnding,
  NotEnded,
  Submission,
} from '../../../src/run/batch/batch-system.js';
import type { Answer, JobMessage } from '../../../src/run/batch/exchange.js';

/** A batch system whose jobs a test plays, and whose answers it writes. */
export class PlayedQueue implements BatchSystem {
  readonly name = 'Slurm';
  readonly submitted: BatchJobs[] = [];
  /** What submissions are answered with, one after the other; then they are taken. */
  readonly replies: Exclude<Submission, { type: 'submitted' }>[] = [];
  readonly cancelled: string[] = [];
  readonly jobs = new Map<string, BatchJob>();
  readonly endings = new Map<string, JobEnding | NotEnded>();
  isSilent = false;

  async submit(jobs: BatchJobs): Promise<Submission> {
    this.submitted.push(jobs);
    const reply = this.replies.shift();
    if (reply !== undefined) return reply;
    const ids = Array.from({ length: jobs.count }, (_, index) => `${this.submitted.length}_${index}`);
    for (const id of ids) this.jobs.set(id, { name: jobs.name, state: 'pending' });
    return { type: 'submitted', jobs: ids };
  }

  async ask(names: readonly string[]): Promise<ReadonlyMap<string, BatchJob> | undefined> {
    return this.isSilent ? undefined : new Map([...this.jobs].filter(([, { name }]) => names.includes(name)));
  }

  async endingOf(job: string): Promise<JobEnding | NotEnded | undefined> {
    return this.endings.get(job);
  }

  async cancel(names: readonly string[], which: 'all' | 'pending'): Promise<void> {
    for (const [id, job] of this.jobs) {
      if (!names.includes(job.name) || (which === 'pending' && job.state !== 'pending')) continue;
      this.cancelled.push(id);
      this.jobs.set(id, { ...job, state: 'ended', ending: { how: 'cancelled', state: 'CANCELLED' } });
    }
  }

  /** Changes what the queue says of a job; without a state, it has forgotten it. */
  say(id: string, state?: BatchJob['state'], ending?: JobEnding): void {
    const job = this.jobs.get(id);
    if (state === undefined || job === undefined) this.jobs.delete(id);
    else this.jobs.set(id, { name: job.name, state, ...(ending === undefined ? {} : { ending }) });
  }
}

/** Takes the first request of a pool as a job does; the folder of the request. */
export function takeAs(pool: string, job: string): string {
  const [id = ''] = readdirSync(join(pool, 'requests')).sort();
  const mine = join(pool, 'taken', `${id}.${job}`);
  renameSync(join(pool, 'requests', id), mine);
  return readFileSync(mine, 'utf8');
}

export function sayAs(folder: string, message: JobMessage): void {
  appendFileSync(join(folder, 'messages'), `${JSON.stringify(message)}\n`);
}

export function answerAs(pool: string, folder: string, answer: Answer): void {
  writeFileSync(join(folder, 'answer.json'), JSON.stringify(answer));
  const { id } = JSON.parse(readFileSync(join(folder, 'request.json'), 'utf8')) as { readonly id: string };
  writeFileSync(join(pool, 'answered', id), '');
}
