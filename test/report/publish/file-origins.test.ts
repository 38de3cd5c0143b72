import { appendFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openFileOrigins } from '../../../src/report/publish/file-origins.js';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';

it('refuses to learn from what a run published of test data, or wrote of it into its folder', async () => {
  const project = temporaryProject({
    files: {
      'pipelines/a.yaml': `version: 1
steps:
  made: { kind: command, with: { argv: [sh, -c, 'echo 1 > t; echo 2 > v'], outputs: { t: { path: t, role: test }, v: { path: v, role: val } } } }
publish: { made.t: out/t.txt, made.v: out/v.txt }
`,
      'own.txt': 'mine\n',
    },
  });
  const reader = (file: string) =>
    project.write(
      'pipelines/b.yaml',
      `version: 1\nsteps:\n  fit: { kind: command, with: { argv: [cat], files: [${file}], learns: true, outputs: { m: m } } }\n`,
    );
  reader('own.txt');
  expect((await kshot(project, ['run', 'pipelines/a.yaml', '--tag', 'one'])).exitCode).toBe(0);

  reader('out/t.txt');
  const refused = await kshot(project, ['plan', 'pipelines/b.yaml']);
  expect([refused.exitCode, refused.stderr]).toEqual([
    3,
    expect.stringContaining('fit learns from test data: out/t.txt is made.t of the run a/one\n'),
  ]);

  symlinkSync(project.path('out/t.txt'), project.path('link.txt'));
  mkdirSync(project.path('artifacts/a/empty'));
  const originOf = (path: string) => openFileOrigins(project.root)(path);
  expect(await originOf('out/v.txt')).toEqual({ roles: ['val'], run: 'a/one', source: 'made.v' });
  for (const path of ['link.txt', 'out/../out/t.txt', project.path('out/t.txt')]) {
    expect(await originOf(path)).toEqual({ roles: ['test'], run: 'a/one', source: 'made.t' });
  }
  expect(await originOf('artifacts/a/one/report.json')).toEqual({
    roles: ['val', 'test'],
    run: 'a/one',
    source: 'run/report.json',
  });
  const others = ['own.txt', 'none.txt', 'artifacts/published.json', 'artifacts/a/empty'];
  for (const path of others) expect(await originOf(path)).toBeUndefined();

  // Somebody else's bytes at the same place are somebody else's.
  appendFileSync(project.path('out/t.txt'), 'more\n');
  expect(readFileSync(project.path('link.txt'), 'utf8')).toBe('1\nmore\n');
  expect(await originOf('out/t.txt')).toBeUndefined();
});
