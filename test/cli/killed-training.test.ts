import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kshot, startKshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const python = spawnSync('python3', ['--version']).status === 0;
if (!python) console.warn('skipped: killed trainings, because python3 is missing');

const script = readFileSync(new URL('../support/resuming_training.py', import.meta.url), 'utf8');
const pipeline = (trace: string) => `version: 1
name: p
steps:
  train:
    kind: python
    with:
      script: train.py
      params: { epochs: 20, pause: 0.05 }
      outputs: { model: model.json, curve: { as: history } }
      env: { TRACE: ${trace} }
    segments: { of: epochs, every: 10 }
`;

describe.runIf(python)('a training in segments that is killed', () => {
  const project = temporaryProject({ files: { 'train.py': script } });
  const trace = project.path('trace');
  project.write('pipelines/p.yaml', pipeline(trace));
  const traced = () =>
    (existsSync(trace) ? readFileSync(trace, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').map(Number) as [epoch: number, processId: number]);
  const reached = (epoch: number) =>
    expect
      .poll(() => traced().at(-1)?.[0] ?? 0, { timeout: 60_000, interval: 10 })
      .toBeGreaterThanOrEqual(epoch);

  it('goes on where it was, whoever is killed at whatever moment, and ends as one that never was', async () => {
    // The program, with kill -9: its step fails.
    const first = startKshot(project, ['run']);
    await reached(4);
    process.kill(traced().at(-1)?.[1] ?? 0, 'SIGKILL');
    const failed = await first.finished;
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('the program was ended by SIGKILL');
    // kshot itself.
    const second = startKshot(project, ['run']);
    await reached(8);
    second.process.kill('SIGKILL');
    await second.finished;
    // In order, as by q.
    const third = startKshot(project, ['run']);
    await reached(14);
    third.process.kill('SIGINT');
    const { stderr } = await third.finished;
    expect(stderr).toMatch(/^next +kshot run +# goes on from what is done$/m);
    expect((await kshot(project, ['run', '--quiet', '--tag', 'whole'])).exitCode).toBe(0);

    const byHand = temporaryProject({ files: { 'train.py': script } });
    const PYTHONPATH = fileURLToPath(new URL('../../python', import.meta.url));
    spawnSync('python3', ['train.py'], { cwd: byHand.root, env: { ...process.env, PYTHONPATH } });
    const curve = await kshot(project, [
      'sql',
      'SELECT count(*) AS n, min(iteration), max(iteration) FROM latest_history',
      '--json',
    ]);
    expect(JSON.stringify(JSON.parse(curve.stdout))).toMatch(/20.*1.*20/);
    expect(project.read('artifacts/p/whole/nodes/train@20/model.json')).toBe(byHand.read('model.json'));
    // Each kill costs at most the epoch that was under way.
    const epochs = traced().map(([epoch]) => epoch);
    expect(new Set(epochs).size).toBe(20);
    expect(epochs.length).toBeLessThanOrEqual(23);
  });
});
