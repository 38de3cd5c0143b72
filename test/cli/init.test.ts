import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fencesOf } from '../docs/fences.js';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const at = temporaryProject({ files: {} });
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('kshot init makes a project that runs, in a folder that it makes', async () => {
  const made = await kshot(at, ['init', 'new/small']);
  expect([made.exitCode, made.stdout.trim().split('\n')]).toEqual([
    0,
    ['.gitignore', 'README.md', 'pipelines/few_shot.yaml', 'schemas/pipeline.schema.json'].map(
      (path) => `new/small/${path}`,
    ),
  ]);
  expect(made.stderr).toContain('next      cd new/small\n          kshot run\n');
  const documentation = /^read {6}(.*)$/m.exec(made.stderr)?.[1] ?? '';
  expect(existsSync(documentation)).toBe(true);
  const less = ['--set', 'params.iterations=30', '--set', 'steps.interactions.with.users=120'];
  const ran = await kshot(at, ['run', '--quiet', ...less], { folder: 'new/small' });
  expect(ran.exitCode, ran.stderr).toBe(0);
  const results = await kshot(at, ['results', '--json'], { folder: 'new/small' });
  expect((JSON.parse(results.stdout) as { summaries: unknown[] }).summaries).toHaveLength(3);
  const schema = at.read('new/small/schemas/pipeline.schema.json');
  expect(schema).toBe(read('schemas/pipeline.schema.json'));
  expect(at.read('new/small/pipelines/few_shot.yaml')).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/schemas\//,
  );
});

it('kshot init --python puts its files beside those that are there, and overwrites none', async () => {
  at.write('README.md', 'mine\n');
  const made = await kshot(at, ['init', '--python', '--json']);
  expect(JSON.parse(made.stdout)).toMatchObject({
    written: expect.arrayContaining(['.gitignore', 'kshot.yaml', 'sweep/kshot.py', 'sweep/train.py']),
    kept: ['README.md'],
  });
  const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(at.read('kshot.yaml')) ?? [];
  expect(at.read(schema)).toBe(read('schemas/project.schema.json'));
  expect(at.read('README.md')).toBe('mine\n');
  expect(at.read('.gitignore')).toContain('/cache/\n');
  expect(at.read('sweep/kshot.py')).toBe(read('python/kshot.py'));
  // What is there and says the same is none that would be overwritten.
  at.write('kshot.yaml', 'python: .venv\n');
  const beside = await kshot(at, ['init', '--python']);
  expect(beside.exitCode, beside.stderr).toBe(0);
  expect(beside.stderr).toContain('kshot.yaml was kept as it is\n');
  at.write('sweep/train.py', 'print("mine")\n');
  at.write('pipelines/sweep.yaml', 'version: 1\n');
  const again = await kshot(at, ['init', '--python']);
  expect([again.exitCode, again.stdout, at.read('sweep/train.py')]).toEqual([2, '', 'print("mine")\n']);
  expect(again.stderr).toMatch(/2 files are in .* already: pipelines\/sweep\.yaml, sweep\/train\.py\n/);
});

it('kshot init refuses what is no folder, whatever stands in its place, and an empty name', async () => {
  at.write('taken/file', '');
  at.write('half/pipelines', '');
  symlinkSync('nowhere', at.path('link'));
  const refused = async (folder: string) => {
    const { exitCode, stdout, stderr } = await kshot(at, ['init', folder]);
    expect([exitCode, stdout]).toEqual([2, '']);
    return stderr;
  };
  expect(await refused('taken/file/below')).toContain('taken/file is no folder\n  hint: name another folder');
  expect(await refused('half')).toContain('half/pipelines is no folder');
  expect(await refused('link')).toContain('link is a link that leads nowhere');
  expect(await refused('')).toContain('the name of the folder is empty');
});

it('the page about a script of one’s own shows the files that kshot init --python makes', () => {
  const shown = fencesOf(read('docs/own-script.md')).filter(
    ({ attributes }) => attributes['file'] !== undefined,
  );
  expect(shown.map(({ attributes }) => attributes['file'])).toEqual([
    'sweep/train.py',
    'sweep/split.py',
    'sweep/evaluate.py',
    'pipelines/sweep.yaml',
  ]);
  for (const { attributes, lines } of shown) {
    expect(`${lines.join('\n')}\n`).toBe(read(`examples/sweep/${attributes['file']}`));
  }
});
