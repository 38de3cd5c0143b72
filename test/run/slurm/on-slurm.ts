import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent, StepJob } from '../../../src/run/event.js';
import type { Project } from '../../support/temporary-project.js';
import { temporaryProject } from '../../support/temporary-project.js';

/** What stands in kshot.yaml of a project whose steps are jobs, but for those that are small. */
export const onSlurm = 'executor: slurm\nslurm: { answer_wait: 2 s }\n';

/** A project with a pipeline `p` of these steps (YAML, indented by two), which are jobs. */
export function slurmProject(steps: string, files: { readonly [path: string]: string } = {}): Project {
  const project = temporaryProject({ files });
  project.write('kshot.yaml', onSlurm);
  project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${steps}`);
  return project;
}

/** A step that runs a line of a shell and gives `out.txt`. */
export function commandStep(name: string, line: string, more = ''): string {
  return `  ${name}:\n    kind: command\n    with: { argv: ${JSON.stringify(line)}, shell: true, outputs: { out: out.txt } }\n${more}`;
}

/** What events tell of jobs that have begun. */
export function jobsIn(events: readonly RunEvent[]): readonly StepJob[] {
  return events.flatMap((event) => (event.event === 'step.job' && event.job !== undefined ? [event] : []));
}

/** The lines of the file `trace`, which steps of a test append to. */
export function traceOf(project: Project): readonly string[] {
  return existsSync(project.path('trace')) ? project.read('trace').trim().split('\n') : [];
}

/** Waits until something is so, for so many seconds, in which this process was not itself made to stand still. */
export async function until(isSo: () => boolean, what = 'it', seconds = 30): Promise<void> {
  let looks = 0;
  for (const end = performance.now() + 1000 * seconds; !isSo(); await sleep(50)) {
    if (performance.now() > end && ++looks > 100) throw new Error(`${what} did not come to be`);
  }
}

/** What every key of a project's cache came to. */
export function entriesOf(project: Project): { readonly [key: string]: unknown } {
  const folder = project.path('cache/steps');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );
  return Object.fromEntries(
    files.map((file) => {
      const { key, outputs } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        key: string;
        outputs: unknown;
      };
      return [key, outputs];
    }),
  );
}
