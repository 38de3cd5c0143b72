import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killProcessGroup } from '../../../src/base/process-group.js';
import type { BatchJob, BatchJobs, BatchSystem, Submission } from '../../../src/run/batch/batch-system.js';

/**
 * The smallest batch system that there is: each job is a process of this machine, at once. What docs/cluster.md says of
 * how another scheduler is added is said of this one.
 */
export class ProcessQueue implements BatchSystem {
  readonly name = 'the queue of the tests';
  readonly submitted: BatchJobs[] = [];
  private readonly jobs = new Map<string, { readonly name: string; readonly child: ChildProcess }>();

  async submit(jobs: BatchJobs): Promise<Submission> {
    this.submitted.push(jobs);
    const ids = Array.from({ length: jobs.count }, () => {
      const id = String(this.jobs.size + 1);
      const [program = '', ...words] = jobs.command;
      const out = openSync(join(jobs.logFolder, `${id}.out`), 'a');
      const child = spawn(program, [...words, id], {
        cwd: jobs.folder,
        stdio: ['ignore', out, out],
        detached: true,
      });
      closeSync(out);
      child.on('exit', (code, signal) => {
        const exitCode = code ?? 128 + (signal === 'SIGTERM' ? 15 : 9);
        try {
          writeFileSync(join(jobs.endedFolder, id), String(exitCode));
        } catch {
          // The run is over.
        }
      });
      this.jobs.set(id, { name: jobs.name, child });
      return id;
    });
    return { type: 'submitted', jobs: ids };
  }

  async ask(names: readonly string[]): Promise<ReadonlyMap<string, BatchJob>> {
    const named = [...this.jobs].filter(([, { name }]) => names.includes(name));
    return new Map(
      named.map(([id, { name, child }]): [string, BatchJob] => {
        const ended = child.exitCode !== null || child.signalCode !== null;
        return [id, { name, state: ended ? 'ended' : 'running' }];
      }),
    );
  }

  async endingOf(): Promise<undefined> {
    return undefined;
  }

  async cancel(names: readonly string[], which: 'all' | 'pending'): Promise<void> {
    for (const { name, child } of this.jobs.values()) {
      if (which === 'all' && names.includes(name) && child.pid !== undefined)
        killProcessGroup(child.pid, 'SIGTERM');
    }
  }
}
