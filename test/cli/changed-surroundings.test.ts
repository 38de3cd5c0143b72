import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processOfThisHost } from '../../src/store/local/lock-owner.js';
import { kshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const pipeline = `version: 1
name: values
steps:
  one: { kind: value, with: { a: 1 } }
  two: { kind: command, in: { one: one }, with: { files: [data.txt], argv: [cp, data.txt, two], outputs: { two: two }, deterministic: true } }
`;
const files = { 'pipelines/values.yaml': pipeline, 'data.txt': 'data\n' };

async function expectAllHits(project: Project, environment: { readonly [name: string]: string } = {}) {
  const { stdout, stderr } = await kshot(project, ['plan'], { environment });
  expect(stdout, stderr).toContain('0 run + 2 hit + 0 depends');
}

async function doneProject(): Promise<Project> {
  const project = temporaryProject({ files });
  expect((await kshot(project, ['run', '--quiet'])).exitCode).toBe(0);
  return project;
}

function entryFiles(project: Project): readonly string[] {
  return readdirSync(project.path('cache/steps'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => project.path(`cache/steps/${name}`));
}

const libfaketime = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find(existsSync);

describe.skipIf(libfaketime === undefined)('a clock (needs libfaketime)', () => {
  // Back, then past the end of 32-bit seconds.
  it.each(['-30y', '+40y'])('that is set %s costs no result and hides no edit', async (offset) => {
    // Defined, or the test is skipped.
    const environment = {
      LD_PRELOAD: libfaketime!,
      FAKETIME: offset,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
    const project = await doneProject();
    await expectAllHits(project, environment);
    project.write('data.txt', 'DATA\n');
    const edited = await kshot(project, ['run'], { environment });
    expect([edited.exitCode, edited.stderr]).toEqual([0, expect.stringContaining('1 ran + 1 hit')]);
    await expectAllHits(project);
  });
});

it('another time zone and language changes nothing', async () => {
  await expectAllHits(await doneProject(), {
    TZ: 'Pacific/Marquesas',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
  });
});

const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('a project copied', () => {
  it.each([
    ['cp -a', 'cp', 'cp -a "$0/." .'],
    ['rsync without times', 'rsync', 'rsync -rl "$0/" ./'],
    [
      'tar with another owner',
      'tar',
      'tar -C "$0" --owner=12345 --group=54321 --numeric-owner -cf - . | tar -xpf -',
    ],
  ])('by %s has every result', async (_, program, script) => {
    if (!isThere(program)) return;
    const project = await doneProject();
    const copy = temporaryProject({});
    const { status, stderr } = spawnSync('sh', ['-c', script, project.root], {
      cwd: copy.root,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    await expectAllHits(copy);
    expect((await kshot(copy, ['run'])).exitCode).toBe(0);
    expect((await kshot(copy, ['cache', 'verify'])).exitCode).toBe(0);
  });
});

it.skipIf(process.platform !== 'linux')(
  'a lock is not held by another process that has its owner’s number',
  async () => {
    const project = await doneProject();
    const key = /([0-9a-f]{64})\.json$/.exec(entryFiles(project)[0] ?? '')?.[1] ?? '';
    const other = spawn('sleep', ['60']);
    try {
      const owner = { ...processOfThisHost(other.pid ?? 0, '0123456789abcdef'), processStart: '1' };
      mkdirSync(project.path('cache/locks'), { recursive: true });
      symlinkSync(JSON.stringify(owner), project.path(`cache/locks/${key}`));
      const { exitCode, stderr } = await kshot(project, ['run', '--force']);
      expect(exitCode, stderr).toBe(0);
      expect(readdirSync(project.path('cache/locks'))).toEqual([]);
    } finally {
      other.kill();
    }
  },
);

it('folders in the places of entries and stored objects are set aside', async () => {
  const project = await doneProject();
  const sound = entryFiles(project);
  const objects = readdirSync(project.path('cache/objects'), { recursive: true, encoding: 'utf8' })
    .map((name) => project.path(`cache/objects/${name}`))
    .filter((path) => statSync(path).isFile());
  for (const path of [...sound, ...objects]) {
    rmSync(path);
    mkdirSync(join(path, 'folder'), { recursive: true });
  }
  const { exitCode, stderr } = await kshot(project, ['run']);
  expect(exitCode, stderr).toBe(0);
  expect(entryFiles(project)).toEqual(sound);
  expect((await kshot(project, ['cache', 'verify'])).exitCode).toBe(0);
});

it('an entry whose digits a disk has changed is computed again, and nobody is accused', async () => {
  const project = await doneProject();
  const sound = entryFiles(project).map((file) => readFileSync(file, 'utf8'));
  for (const file of entryFiles(project)) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(
        /("outputs":.*?"digest":")(.)/,
        (_, before, digit) => before + (digit === '0' ? '1' : '0'),
      ),
    );
  }
  const { exitCode, stderr } = await kshot(project, ['run']);
  expect(stderr).toContain('2 ran + 0 hit');
  expect(exitCode, stderr).toBe(0);
  const outputs = (text: string) => (JSON.parse(text) as { outputs: unknown }).outputs;
  expect(entryFiles(project).map((file) => outputs(readFileSync(file, 'utf8')))).toEqual(sound.map(outputs));
});

/** All files but the index by which files of the user's need not be hashed again: that is remembered by whoever looks. */
function snapshot(root: string): readonly string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => !/^cache(\/stat-index\.json)?$/.test(name))
    .map((name) => {
      const { size, mtimeMs, ctimeMs, ino } = statSync(join(root, name));
      return `${name} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
    });
}

it.each(['plan', 'dag', 'status', 'run --dry-run'])(
  'kshot %s executes nothing and writes nothing',
  async (words) => {
    const project = temporaryProject({
      files: {
        ...files,
        'pipelines/values.yaml': pipeline
          .replace('[cp, data.txt, two]', '[touch, /tmp/kshot-was-executed]')
          .replace('outputs: { two: two }, ', ''),
      },
    });
    const before = snapshot(project.root);
    const { exitCode, stderr } = await kshot(project, words.split(' '));
    expect([exitCode, existsSync('/tmp/kshot-was-executed')], stderr).toEqual([0, false]);
    expect(snapshot(project.root)).toEqual(before);
  },
);

it('names and values with markup, quotes and line ends stay text in the report, on the terminal and in folders', async () => {
  const text = '</title><script>alert("1")</script>\n\u001b[31m\u202e"\'';
  const project = temporaryProject({
    files: {
      'pipelines/a.yaml': `version: 1\nname: a\nsteps:\n  one: { kind: value, with: { ${JSON.stringify(text)}: ${JSON.stringify(text)} }, matrix: { i: [${JSON.stringify(text)}] } }\n`,
    },
  });
  const { exitCode, stdout, stderr } = await kshot(project, ['run', '--tag', 'first']);
  expect(exitCode, stderr).toBe(0);
  expect(stdout + stderr).not.toMatch(/[\u001b\u202e]/);
  expect(project.read('artifacts/a/first/report.html')).not.toContain('<script>alert');
  const logs = readdirSync(project.path('artifacts/a/first/logs'));
  expect(logs).toHaveLength(1);
  expect(logs[0]).toMatch(/^[\w.@=,[\]-]+$/);
});

it('a cache elsewhere that kshot.yaml names is used by all commands, and by another clone', async () => {
  const elsewhere = temporaryProject({});
  const settings = `cache: { path: ../${basename(elsewhere.root)}/shared }\n`;
  const [one, other] = [
    temporaryProject({ files: { ...files, 'kshot.yaml': settings } }),
    temporaryProject({ files: { ...files, 'kshot.yaml': settings } }),
  ];
  expect((await kshot(one, ['run', '--tag', 'first'])).exitCode).toBe(0);
  await expectAllHits(other);
  expect(existsSync(elsewhere.path('shared/objects'))).toBe(true);
  for (const { path } of [one, other]) expect(existsSync(path('cache'))).toBe(false);
  const { stdout } = await kshot(one, ['doctor', '--json']);
  expect(stdout).toContain(JSON.stringify(elsewhere.path('shared')));
  expect((await kshot(one, ['gc', '--dry-run'])).stdout).toMatch(/nothing to remove/);
  one.write('kshot.yaml', 'cach: {}\n');
  const mistaken = await kshot(one, ['doctor']);
  expect(mistaken.stderr.match(/no parameter cach/g)).toHaveLength(1);
});

it('a cache that is a link to a folder elsewhere is used', async () => {
  const project = await doneProject();
  const elsewhere = temporaryProject({});
  cpSync(project.path('cache'), elsewhere.path('cache'), { recursive: true });
  const linked = temporaryProject({ files });
  symlinkSync(elsewhere.path('cache'), linked.path('cache'));
  await expectAllHits(linked);
  linked.write('data.txt', 'DATA\n');
  expect((await kshot(linked, ['run'])).exitCode).toBe(0);
});
