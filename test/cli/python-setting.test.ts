import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { eventsOf, kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const hasPython = spawnSync('python3', ['-c', 'import venv']).status === 0;
if (!hasPython) console.warn('skipping tests of --python: there is no python3');

describe.skipIf(!hasPython)('the interpreter of a project', () => {
  const step = (rest: string) => `{ kind: python, with: { script: fit.py, outputs: { x: x.txt }${rest} } }`;
  const project = temporaryProject({
    files: {
      'pipelines/fit.yaml': `version: 1\nsteps:\n  fit: ${step('')}\n`,
      'fit.py': 'import sys\nprint("prefix", sys.prefix)\nopen("x.txt", "w").write("1")\n',
    },
  });
  const makeEnvironment = (name: string) =>
    execFileSync('python3', ['-m', 'venv', '--without-pip', project.path(name)]);
  makeEnvironment('one');
  makeEnvironment('two');
  const active = { VIRTUAL_ENV: project.path('one') };
  const run = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await kshot(project, ['run', '--json', ...args], {
      environment: active,
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    const events = eventsOf({ stdout });
    return {
      start: events.find((event) => event.event === 'run.start'),
      printed: events.flatMap((event) => (event.event === 'step.log' ? [event.line] : [])),
    };
  };

  it('runs its steps in Python, is said, and is in no key by its path; a PATH of a step goes before it, --python before that', async () => {
    const first = await run();
    expect(first.printed).toContain(`prefix ${project.path('one')}`);
    expect(first.start).toMatchObject({ python: project.path('one/bin/python3'), pythonFrom: 'VIRTUAL_ENV' });

    project.write('kshot.yaml', 'python: two\n');
    const { stdout } = await kshot(project, ['plan', '--json'], { environment: active });
    expect(JSON.parse(stdout)).toMatchObject({ nodes: [{ node: 'fit', state: 'hit' }] });
    const forced = await run('--force');
    expect(forced.printed).toContain(`prefix ${project.path('two')}`);
    expect(forced.start).toMatchObject({ pythonFrom: 'kshot.yaml' });

    project.write(
      'pipelines/fit.yaml',
      `version: 1\nsteps:\n  fit: ${step(`, env: { PATH: "${project.path('two/bin')}:/usr/bin:/bin" }`)}\n`,
    );
    project.write('kshot.yaml', 'python: one\n');
    expect((await run('--force')).printed).toContain(`prefix ${project.path('two')}`);
    const asked = await run('--force', '--python', 'one');
    expect(asked.printed).toContain(`prefix ${project.path('one')}`);
    expect(asked.start).toMatchObject({ pythonFrom: '--python' });
  });
});
