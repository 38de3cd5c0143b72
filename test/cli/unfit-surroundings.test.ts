import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const pipeline = 'version: 1\nsteps:\n  one: { kind: value, with: { a: 1 } }\n';

test.each(['cache', 'cache/objects', 'cache/steps', 'cache/locks', 'cache/partial', 'artifacts'])(
  'a file in the place of the folder %s is the environment’s fault, and named',
  async (file) => {
    const project = temporaryProject({ files: { 'pipelines/a.yaml': pipeline, [file]: '' } });
    const { exitCode, stderr } = await kshot(project, ['run']);
    expect(stderr).toContain(`something else is in the place of ${project.path(file)}`);
    expect(stderr).toContain('hint: move it away');
    expect(stderr).not.toMatch(/bug in kshot|^ +at /m);
    expect(exitCode).toBe(36);

    rmSync(project.path(file));
    mkdirSync(project.path(file));
    expect((await kshot(project, ['run'])).exitCode).toBe(0);
  },
);

test.each(['cache', 'cache/objects', 'artifacts', 'artifacts/a'])(
  'a link that leads nowhere in the place of the folder %s is the environment’s fault, and named',
  async (name) => {
    const project = temporaryProject({ files: { 'pipelines/a.yaml': pipeline } });
    mkdirSync(dirname(project.path(name)), { recursive: true });
    symlinkSync('/nowhere', project.path(name));
    const { exitCode, stdout, stderr } = await kshot(project, ['run']);
    expect(stderr).toBe(
      `kshot: something else is in the place of ${project.path(name)}, which must be a folder\n  hint: move it away; kshot makes the folders that it needs\n`,
    );
    expect([exitCode, stdout]).toEqual([36, '']);
  },
);

test.each([['plan'], ['status'], ['explain', 'one'], ['gc'], ['cache', 'verify']])(
  'kshot %s %s says what is in the place of the cache, as run does',
  async (...args) => {
    const project = temporaryProject({ files: { 'pipelines/a.yaml': pipeline, cache: '' } });
    const { exitCode, stdout, stderr } = await kshot(project, args);
    expect(stderr).toContain(`something else is in the place of ${project.path('cache')}`);
    expect([exitCode, stdout]).toEqual([36, '']);
  },
);

test('a step that a failure kept from starting is said to be skipped, not to be missing', async () => {
  const steps =
    '  bad: { kind: command, with: { argv: ["false"] } }\n  late: { kind: value, with: { a: 1 } }\n';
  const project = temporaryProject({ files: { 'pipelines/a.yaml': `version: 1\nsteps:\n${steps}` } });
  expect((await kshot(project, ['run', '-j', '1', '--tag', 'first'])).exitCode).toBe(1);
  const { stdout } = await kshot(project, ['plan']);
  expect(stdout).toMatch(/^run +bad +failed in run a\/first$/m);
  expect(stdout).toMatch(/^run +late +skipped in run a\/first$/m);
});

test.each([
  [
    ['run'],
    'there are 2 pipelines, and none says default: true',
    'name one: pipelines/a.yaml, pipelines/b.yaml',
  ],
  [['run', 'b.yaml'], 'there is no file b.yaml', 'did you mean pipelines/b.yaml?'],
  [['explain', 'nosuch', 'pipelines/a.yaml'], 'there is no step nosuch in pipelines/a.yaml', 'there is one'],
  [['logs', 'nosuch'], 'no run has a step nosuch', 'there is one'],
  [['results', 'nosuch'], 'there is no run nosuch', 'these are runs: latest, a, a/first'],
  [['sql', ''], 'there is no statement', 'kshot sql takes one SELECT'],
])('kshot %j says what is wrong and what to do', async (args, message, hint) => {
  const project = temporaryProject({ files: { 'pipelines/a.yaml': pipeline, 'pipelines/b.yaml': pipeline } });
  expect((await kshot(project, ['run', 'pipelines/a.yaml', '--tag', 'first'])).exitCode).toBe(0);
  const { exitCode, stdout, stderr } = await kshot(project, args);
  expect(stderr).toContain(`kshot: ${message}\n  hint: ${hint}`);
  expect([exitCode, stdout]).toEqual([2, '']);
});

test('outside of any project every command says so', async () => {
  const project = temporaryProject({});
  rmSync(project.path('pipelines'), { recursive: true });
  for (const args of [
    ['run'],
    ['plan'],
    ['sql', 'FROM runs'],
    ['results'],
    ['logs', 'a'],
    ['gc'],
    ['cache', 'verify'],
  ]) {
    const { exitCode, stderr } = await kshot(project, args);
    expect(stderr).toBe(
      `kshot: no pipelines/ in ${project.root} or any folder above it\n  hint: start kshot inside a project, or name its folder with --root\n`,
    );
    expect(exitCode).toBe(2);
  }
});

test.each([
  ['manifest.json', ['results']],
  ['manifest.json', ['logs', 'one']],
  ['manifest.json', ['gc']],
  ['report.json', ['results']],
  ['tables/steps.parquet', ['sql', 'FROM steps']],
])('a run’s %s that somebody has spoilt is named by kshot %j', async (file, args) => {
  const project = temporaryProject({ files: { 'pipelines/a.yaml': pipeline } });
  expect((await kshot(project, ['run', '--tag', 'first'])).exitCode).toBe(0);
  const spoilt = `artifacts/a/first/${file}`;
  rmSync(project.path(spoilt));
  project.write(spoilt, 'x');
  const { exitCode, stderr } = await kshot(project, args);
  expect(stderr).toBe(
    `kshot: ${project.path(spoilt)} is not what kshot wrote\n  hint: remove the folder of that run; kshot run makes its results again from the cache\n`,
  );
  expect(exitCode).toBe(1);
});
