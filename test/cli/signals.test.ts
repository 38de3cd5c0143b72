import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../run/support/is-alive.js';
import { mainFile, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';
import { noTmux, openTerminalSession } from '../support/tmux.js';

/** A project whose only step sleeps for a minute and says who it is. */
function sleepingProject(): Project {
  const project = temporaryProject({ files: {} });
  project.write(
    'pipelines/p.yaml',
    `version: 1\nsteps:\n  slow: { kind: command, with: { shell: true, argv: "echo $$ > ${project.root}/pid; exec sleep 60" } }\n`,
  );
  return project;
}

function recordsOf(project: Project): readonly { readonly exit_code: number }[] {
  const folder = project.path('artifacts/p');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((run) =>
    JSON.parse(readFileSync(project.path(`artifacts/p/${run}/record.json`), 'utf8')),
  );
}

function expectNothingLeft(project: Project): void {
  if (existsSync(project.path('pid'))) expect(isAlive(Number(project.read('pid')))).toBe(false);
  if (existsSync(project.path('cache/locks'))) expect(readdirSync(project.path('cache/locks'))).toEqual([]);
}

describe('a signal', () => {
  it('at any moment ends the run in order: no run without a record, no program and no lock left', async () => {
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
    for (let moment = 0; moment < 24; moment++) {
      const project = sleepingProject();
      const signal = signals[moment % 3] ?? 'SIGTERM';
      const running = startKshot(project, ['run']);
      await setTimeout(20 + moment * 35);
      running.process.kill(signal);
      const { exitCode } = await running.finished;
      const runs = recordsOf(project);
      // Until the first module is loaded, the system ends the process, by the signal itself.
      const byItself = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal];
      const inOrder = signal === 'SIGINT' ? 130 : 143;
      expect(runs.length === 0 ? [byItself, inOrder] : [inOrder]).toContain(exitCode);
      for (const run of runs) expect(run.exit_code).toBe(inOrder);
      expectNothingLeft(project);
    }
  }, 120_000);

  it('that ends a program is said to have it start over', async () => {
    const project = sleepingProject();
    const running = startKshot(project, ['run']);
    await expect.poll(() => existsSync(project.path('pid')), { timeout: 60_000 }).toBe(true);
    running.process.kill('SIGINT');
    const { stderr } = await running.finished;
    expect(stderr).toMatch(/^next +kshot run +# keeps what is done; slow starts over$/m);
  });

  it('that comes when every step is done leaves the run whole, and no trace', async () => {
    const project = temporaryProject({
      files: { 'pipelines/p.yaml': 'version: 1\nsteps:\n  v: { kind: value, with: { a: 1 } }\n' },
    });
    const running = startKshot(project, ['run', '--tag', 'one']);
    const deadline = performance.now() + 60_000;
    while (!existsSync(project.path('artifacts/p/one/tables')) && performance.now() < deadline) {
      await setTimeout(2);
    }
    running.process.kill('SIGINT');
    const { exitCode, stderr } = await running.finished;
    expect(stderr).toContain('SIGINT: ending what runs');
    expect([exitCode, recordsOf(project)]).toEqual([0, [expect.objectContaining({ exit_code: 0 })]]);
    expect(existsSync(project.path('artifacts/p/one/report.html'))).toBe(true);
  });

  it.skipIf(noTmux !== undefined)('of a terminal that is closed ends the run in order', async () => {
    const project = sleepingProject();
    const terminal = openTerminalSession({ folder: project.root });
    await terminal.until(/^\$/m);
    terminal.type(`node ${mainFile} run`);
    await expect.poll(() => existsSync(project.path('pid')), { timeout: 60_000 }).toBe(true);
    terminal.close();
    await expect.poll(() => recordsOf(project).length, { timeout: 60_000 }).toBe(1);
    expect(recordsOf(project)).toMatchObject([{ exit_code: 143 }]);
    await expect.poll(() => readdirSync(project.path('cache/locks')), { timeout: 60_000 }).toEqual([]);
    expectNothingLeft(project);
  });
});
