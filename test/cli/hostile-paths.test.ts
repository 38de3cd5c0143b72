import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const long = 'x'.repeat(300);
const deep = 'abcdefghi/'.repeat(500);

/** A project with a link to itself, a pipe, a file, and a script, whose pipeline has these steps. */
function projectWith(steps: string): Project {
  const project = temporaryProject({ files: { plain: '', 'scripts/train.py': '' } });
  project.write('pipelines/a.yaml', `version: 1\nsteps:\n${steps}`);
  symlinkSync('loop', project.path('loop'));
  execFileSync('mkfifo', [project.path('pipe')]);
  return project;
}

async function refusal(project: Project, args: readonly string[], place: RegExp, words: string) {
  const { exitCode, stderr } = await kshot(project, args);
  expect(stderr).toMatch(place);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/bug in kshot|^ +at /m);
  expect(exitCode).toBe(2);
}

const paths = [
  ['loop', 'links lead round in a circle'],
  [long, 'too long'],
  [`${deep}x`, 'too long'],
  ['"a\\0b"', 'NUL character'],
  ['plain/x', 'is a file'],
  ['pipe', 'is not a file'],
] as const;

test.each(paths)(
  'a path that leads to no file (%#) in `files` or `path` is refused where it stands',
  async (path, words) => {
    const files = projectWith(`  c: { kind: command, with: { argv: [ls], files: [${path}] } }\n`);
    await refusal(files, ['plan'], /^pipelines\/a.yaml:3:51: /, words);
    const data = projectWith(
      `  i: { kind: data.import, with: { path: ${path}, columns: { user: u, item: i, time: t } } }\n`,
    );
    await refusal(data, ['plan'], /^pipelines\/a.yaml:3:41: /, words);
  },
);

test('a pipeline, what it extends, and a root that cannot be read are named', async () => {
  const project = projectWith('  v: { kind: value }\n');
  symlinkSync('b.yaml', project.path('pipelines/b.yaml'));
  execFileSync('mkfifo', [project.path('pipelines/pipe.yaml')]);
  for (const [file, words] of [
    ['pipelines/b.yaml', 'links lead round in a circle'],
    ['pipelines/pipe.yaml', 'is not a file'],
    [`${long}.yaml`, 'too long'],
    [`${deep}x.yaml`, 'too long'],
    ['plain/x.yaml', 'is a file'],
  ] as const) {
    await refusal(project, ['plan', file], /^kshot: /, words);
  }
  for (const root of ['loop', long, 'plain/x']) {
    await refusal(project, ['plan', '--root', root], /^kshot: --root/, 'is not a folder');
  }
  for (const [base, words] of [
    ['b.yaml', 'links lead round in a circle'],
    [long, 'too long'],
    ['"a\\0b"', 'NUL character'],
  ] as const) {
    project.write('pipelines/c.yaml', `version: 1\nextends: ${base}\n`);
    await refusal(project, ['plan', 'pipelines/c.yaml'], /^pipelines\/c.yaml:2:10: /, words);
  }
});

test('words of argv that cannot name a file are none, and what no program can be given is refused', async () => {
  const words = projectWith(
    `  c: { kind: command, with: { argv: [echo, ${long}, ${deep}, loop, --x=${long}] } }\n`,
  );
  expect((await kshot(words, ['run'])).exitCode).toBe(0);
  const impossible = projectWith(
    `  c: { kind: command, with: { argv: [ls, "a\\0b"], env: { A: "x\\0" }, outputs: { o: ${long} } } }\n`,
  );
  const { exitCode, stderr } = await kshot(impossible, ['plan']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('argv has a NUL character in it');
  expect(stderr).toContain('env has a NUL character in it');
  expect(stderr).toMatch(/outputs\.o: x+…x+ has a name of more than 255 bytes/);
});

test.each([
  ['argv: [ls], files: [scripts/trian.py]', 'scripts/train.py', 2],
  ['argv: [ls], files: [script/train.py]', 'scripts/train.py', 2],
  ['argv: [python3, scripts/trian.py]', 'scripts/train.py', 2],
  ['argv: [/usr/bin/python3.11, -u, train.py]', 'scripts/train.py', 2],
])('a file that is nowhere is told of with the nearest: %s', async (parameters, nearest, code) => {
  const { exitCode, stderr } = await kshot(projectWith(`  c: { kind: command, with: { ${parameters} } }\n`), [
    'plan',
  ]);
  expect(stderr).toContain('there is no file ');
  expect(stderr).toContain(`hint: did you mean ${nearest}?`);
  expect(exitCode).toBe(code);
});

test('a misspelt file is not told to be written again', async () => {
  const { exitCode, stderr } = await kshot(
    projectWith(
      '  c: { kind: command, with: { argv: [python3, scripts/train.py], files: [scripts/trian.py] } }\n',
    ),
    ['plan'],
  );
  expect(stderr).toContain('files: [scripts/train.py]\n');
  expect(exitCode).toBe(3);
});
