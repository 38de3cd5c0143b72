import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRegister, registerRun } from '../../src/artifacts/register.js';
import type { ListedRun } from '../../src/artifacts/runs/list-runs.js';
import { kshot, startKshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const steps = `version: 1
name: a
params: { x: 1 }
steps:
  rate:
    kind: command
    with:
      argv: [sh, -c, "echo '{\\"loss\\": {x}}' > m.json; echo model {x} > model"]
      params: { x: "\${params.x}" }
      outputs: { model: model, metrics: { path: m.json, as: metrics } }
`;
const project = temporaryProject({
  files: {
    'pipelines/a.yaml': `${steps}publish: { rate.model: best/model.txt }\n`,
    'pipelines/slow.yaml': `version: 1\nname: slow\nsteps:\n  wait: { kind: command, with: { argv: [sleep, '60'], outputs: { o: o } } }\n`,
  },
});

async function answer(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await kshot(project, args);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}
const listed = async () => (JSON.parse(await answer('runs', '--json')) as { runs: ListedRun[] }).runs;
const rowsOf = async (query: string) => JSON.parse(await answer('sql', query, '--format', 'json')) as unknown;

describe('runs', () => {
  beforeAll(async () => {
    for (const tag of ['first', 'paper']) await answer('run', 'pipelines/a.yaml', '--tag', tag);
    await answer('pin', 'paper');
  });

  it('are all in tables, metrics and report under their own names, also what executed nothing', async () => {
    expect(await rowsOf('SELECT run, ended, ran, hit FROM runs ORDER BY run')).toEqual([
      { run: 'a/first', ended: 'done', ran: 2, hit: 0 },
      { run: 'a/paper', ended: 'done', ran: 0, hit: 2 },
    ]);
    expect(
      await rowsOf(
        "SELECT run, command LIKE '%--tag paper' AS typed, git_commit, memory_bytes > 0 AS has_memory, nodejs FROM latest_runs",
      ),
    ).toEqual([{ run: 'a/paper', typed: true, git_commit: null, has_memory: true, nodejs: process.version }]);
    expect(JSON.parse(project.read('artifacts/a/paper/manifest.json'))).toMatchObject({
      provenance: { git: null, host: hostname(), distributions: {} },
    });
    expect(await rowsOf('SELECT run, value FROM metrics ORDER BY run')).toEqual([
      { run: 'a/first', value: 1 },
      { run: 'a/paper', value: 1 },
    ]);
    expect(await rowsOf('SELECT DISTINCT run, outcome FROM latest_steps')).toEqual([
      { run: 'a/paper', outcome: 'hit' },
    ]);
    expect(project.read('artifacts/a/paper/report.html')).toContain('>paper<');
    expect((await listed()).map(({ run, ended, pinned }) => [run, ended, pinned])).toEqual([
      ['a/first', 'done', false],
      ['a/paper', 'done', true],
    ]);
    expect(await answer('runs')).toMatch(/a\/paper +.* done +2 hit .* pinned\n$/);
  });

  it('bear a new name everywhere, and what has a name is refused', async () => {
    expect(await answer('runs', 'rename', 'first', 'base')).toBe('renamed to a/base\n');
    expect(await rowsOf('SELECT run FROM metrics ORDER BY run')).toEqual([
      { run: 'a/base' },
      { run: 'a/paper' },
    ]);
    expect(JSON.parse(await answer('results', 'base', '--json'))).toMatchObject({ run: 'base' });
    expect(project.read('artifacts/a/base/report.html')).toContain('>base<');
    const { exitCode, stderr } = await kshot(project, ['runs', 'rename', 'base', 'paper']);
    expect([exitCode, stderr]).toEqual([
      2,
      'kshot: there is a run a/paper already\n  hint: choose another name\n',
    ]);
    // The name of a pipeline is that of its latest run.
    const misleading = await kshot(project, ['runs', 'rename', 'base', 'a']);
    expect([misleading.exitCode, misleading.stderr]).toEqual([
      2,
      expect.stringContaining('a stands for the latest run of the pipeline a'),
    ]);
    await answer('cache', 'verify');
  });

  it('are renamed whole or not at all, whenever it breaks off', async () => {
    // The record has the new name and the folder the old one, and the other way round for the register.
    const record = project.read('artifacts/a/base/record.json');
    project.write('artifacts/a/base/record.json', record.replace('"run": "base"', '"run": "other"'));
    expect((await listed()).map(({ run }) => run)).toEqual(['a/base', 'a/paper']);
    renameSync(project.path('artifacts/a/base'), project.path('artifacts/a/other'));
    expect((await listed()).map(({ run }) => run)).toEqual(['a/other', 'a/paper']);
    expect(await rowsOf('SELECT run FROM metrics ORDER BY run')).toHaveLength(2);
  });

  it('stay while they are pinned', async () => {
    const { exitCode, stderr } = await kshot(project, ['runs', 'remove', 'other', 'paper']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('kshot pin --remove a/paper')]);
    expect(await listed()).toHaveLength(2);
  });

  it('go without taking results of others, or counts of looks at test data, with them', async () => {
    const [record] = readRegister(project.root).runs;
    const files = { ...record!.files, 'manifest.json': { digest: '0'.repeat(64), bytes: 1 } };
    const looked = { ...record!, run: 'looked', files };
    mkdirSync(project.path('artifacts/a/looked'));
    registerRun(project.root, { ...looked, test_evaluations: [{ test_set: 'T', key: 'k' }] });
    expect(await answer('runs', 'remove', 'other', 'looked')).toBe('removed a/other\nremoved a/looked\n');
    expect(readdirSync(project.path('artifacts/a'))).toEqual(['paper']);
    expect(JSON.parse(project.read('artifacts/meta.json'))).toMatchObject({
      runs: [{ run: 'paper' }],
      test_sets: { T: { evaluations: 1, keys: ['k'] } },
    });
    expect(await rowsOf('SELECT run, value FROM latest_metrics')).toEqual([{ run: 'a/paper', value: 1 }]);
    // What the removed run wrote into the project is still kshot's to bring up to date.
    const { stderr } = await kshot(project, [
      'run',
      'pipelines/a.yaml',
      '--set',
      'params.x=2',
      '--tag',
      'second',
    ]);
    expect(stderr).toContain('best/model.txt (1 written)');
    await answer('cache', 'verify');
  });

  it('that are pinned or published keep what they reach', async () => {
    await answer('run', 'pipelines/a.yaml', '--set', 'params.x=3', '--tag', 'third', '--set', 'params.x=3');
    const model = project.read('best/model.txt');
    expect(model).toBe('model 3\n');
    const collected = JSON.parse(await answer('gc', '--keep', '0', '--json')) as {
      runs: { run: string; nodes: string[] }[];
    };
    // Of the last, what gave the file in the project stays; of the one before it nothing does.
    expect(collected.runs).toEqual([
      expect.objectContaining({ run: 'a/third', nodes: ['rate/metrics'] }),
      expect.objectContaining({ run: 'a/second', nodes: ['rate', 'rate/metrics'] }),
    ]);
    const plan = JSON.parse(await answer('plan', 'pipelines/a.yaml', '--json')) as {
      nodes: { state: string }[];
    };
    expect(plan.nodes.every(({ state }) => state === 'hit')).toBe(true);
  });

  it('under way are listed as running and left alone, and once killed as killed', async () => {
    const started = startKshot(project, ['run', 'pipelines/slow.yaml', '--tag', 'now']);
    await expect
      .poll(() => existsSync(project.path('artifacts/slow/now/logs/wait.log')), { timeout: 30_000 })
      .toBe(true);
    expect((await listed()).at(-1)).toMatchObject({
      run: 'slow/now',
      ended: 'running',
      nodes: 1,
      counts: null,
    });
    for (const change of [
      ['rename', 'now', 'then'],
      ['remove', 'slow/now'],
    ]) {
      const refused = await kshot(project, ['runs', ...change]);
      expect([refused.exitCode, refused.stderr]).toEqual([
        2,
        expect.stringContaining('run slow/now is under way'),
      ]);
    }
    started.process.kill('SIGKILL');
    await started.finished;
    expect(await rowsOf("SELECT ended, nodes, exit_code FROM runs WHERE run = 'slow/now'")).toEqual([
      { ended: 'killed', nodes: 1, exit_code: null },
    ]);
    expect(await answer('runs')).toMatch(/slow\/now .* killed +1 planned/);
    const runs = await listed();
    const recorded = runs.filter(({ ended }) => ended !== 'killed').length;
    expect(recorded).toBe(runs.length - 1);
    expect((await kshot(project, ['results', 'latest~99'])).stderr).toContain(
      `there is no run latest~99: ${recorded} runs that ended are all there is; 1 more is under way or killed, without results`,
    );
    expect((await kshot(project, ['results', 'a~99'])).stderr).toContain(
      'runs that ended are all there is of a\n',
    );
    cpSync(project.path('artifacts/slow/now'), project.path('artifacts/slow/again'), { recursive: true });
    cpSync(project.path('artifacts/a/paper'), project.path('artifacts/a/copy'), { recursive: true });
    expect((await listed()).filter(({ copies }) => copies !== undefined)).toMatchObject([
      { run: 'a/paper', copies: ['a/copy'] },
      { run: 'slow/now', copies: ['slow/again'] },
    ]);
    const { stdout, stderr } = await kshot(project, ['runs']);
    expect(stdout).not.toMatch(/copy|again/);
    expect(stderr.match(/a\/copy is a copy of a\/paper/g)).toHaveLength(1);
    expect((await kshot(project, ['results', 'copy'])).stderr).toContain('a/copy is a copy of run a/paper');
    rmSync(project.path('artifacts/a/copy'), { recursive: true });
    rmSync(project.path('artifacts/slow/again'), { recursive: true });
    expect(await answer('runs', 'rename', 'now', 'then')).toBe('renamed to slow/then\n');
    expect(await answer('runs', 'remove', 'then')).toBe('removed slow/then\n');
    expect(existsSync(project.path('artifacts/slow'))).toBe(false);
  });

  it('whose removal was broken off are not there, and what is left of them goes', async () => {
    renameSync(project.path('artifacts/a/second'), project.path('artifacts/a/.removed-0'));
    expect((await listed()).map(({ run }) => run)).not.toContain('a/second');
    expect(await answer('runs', 'remove', 'third')).toBe('removed a/third\n');
    expect(readdirSync(project.path('artifacts/a'))).toEqual(['paper']);
    rmSync(project.path('artifacts/a/paper'), { recursive: true });
    expect(await listed()).toEqual([]);
  });
});
