import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askGit } from '../../../src/artifacts/provenance/git-state.js';
import { keptOfGit, originOfProcess, provenanceOf } from '../../../src/artifacts/provenance/provenance.js';
import { secretsOf, withoutSecrets } from '../../../src/artifacts/provenance/secrets.js';
import { temporaryProject } from '../../support/temporary-project.js';

const hasGit = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!hasGit)('the state of a repository', () => {
  const project = temporaryProject({ files: { 'train.py': 'rate = 1\n', '.gitignore': 'ignored\n' } });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: project.root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const path = process.env['PATH'];
  beforeAll(() => {
    git('init', '--initial-branch', 'trunk');
    git('add', '.');
    git('commit', '-m', 'first');
  });
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('is its commit and branch, clean whatever kshot itself wrote', async () => {
    project.write('cache/objects/x', 'x');
    project.write('artifacts/meta.json', '{}');
    project.write('ignored', 'x');
    expect(await askGit(project.root).finish(30_000)).toEqual({
      state: { commit: git('rev-parse', 'HEAD'), branch: 'trunk', dirty: false, untracked: [] },
    });
  });

  it('is dirty with the difference, and names what git does not know', async () => {
    project.write('train.py', 'rate = 2\n');
    project.write('new file.py', 'secret');
    const found = await askGit(project.root).finish(30_000);
    expect(found?.state).toMatchObject({ dirty: true, untracked: ['new file.py'] });
    const diff = found?.diff?.toString() ?? '';
    expect(diff).toContain('-rate = 1\n+rate = 2\n');
    expect(diff).not.toContain('secret');
    project.write('train.py', `${'x = 1\n'.repeat(300_000)}`);
    const large = await askGit(project.root).finish(30_000);
    expect(large?.state.diff_is_cut).toBe(true);
    expect(large?.diff).toHaveLength(2 ** 20);
  });

  it('keeps changed text whole beside a large file that is none', async () => {
    project.write('train.py', 'rate = 2\n');
    writeFileSync(project.path('weights'), Buffer.from([0, 1]));
    git('add', '.');
    git('commit', '-m', 'weights');
    project.write('train.py', 'rate = 3\n');
    writeFileSync(project.path('weights'), randomBytes(1_500_000));
    const found = await askGit(project.root).finish(30_000);
    expect(found?.state.diff_is_cut).toBe(true);
    expect(found?.diff?.toString()).toContain('+rate = 3\n');
    expect(found?.diff?.toString()).toContain('Binary files a/weights and b/weights differ');
  });

  it('has paths from the project on, and what git apply takes, files that are no text and submodules too', async () => {
    const outer = temporaryProject({ files: { 'experiment/train.py': 'a\n' } });
    const at = (folder: string, ...args: readonly string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'protocol.file.allow=always', ...args],
        {
          cwd: outer.path(folder),
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
    writeFileSync(outer.path('experiment/weights'), Buffer.from([0, 1, 2]));
    outer.write('library/model.py', 'b\n');
    for (const folder of ['library', '.']) at(folder, 'init');
    // As some have it.
    at('.', 'config', 'diff.noprefix', 'true');
    at('.', 'config', 'diff.relative', 'true');
    at('library', 'add', '.');
    at('library', 'commit', '-m', 'library');
    at('.', 'submodule', 'add', './library', 'experiment/library');
    at('.', 'add', 'experiment');
    at('.', 'commit', '-m', 'outer');
    const [weights, model] = ['experiment/weights', 'experiment/library/model.py'];
    writeFileSync(outer.path(weights), Buffer.from([0, 3, 4]));
    outer.write(model, 'changed\n');
    outer.write('new.py', '');
    outer.write('experiment/data/new.txt', '');
    const found = await askGit(outer.path('experiment')).finish(30_000);
    expect(found?.state.untracked.toSorted()).toEqual(['../library/', '../new.py', 'data/']);
    outer.write('changes.diff', found?.diff?.toString() ?? '');
    at('.', 'apply', '--reverse', 'changes.diff');
    expect([...readFileSync(outer.path(weights))]).toEqual([0, 1, 2]);
    expect(outer.read(model)).toBe('b\n');
  });

  it('is not waited for where git hangs, is missing, or there is no repository', async () => {
    project.write('bin/git', '#!/bin/sh\nsleep 600\n');
    chmodSync(project.path('bin/git'), 0o755);
    process.env['PATH'] = `${project.path('bin')}:${path}`;
    const unknown = { state: { commit: null, branch: null, dirty: null, untracked: [] } };
    expect(await askGit(project.root).finish(1)).toEqual(unknown);
    process.env['PATH'] = '/nowhere';
    expect(await askGit(project.root).finish(30_000)).toEqual(unknown);
    expect(await askGit(temporaryProject({}).root).finish(0)).toBeUndefined();
  });
});

it('is written without what variables hold whose names say that it is secret', () => {
  process.env['KSHOT_TEST_API_KEY'] = 'abc$&12345';
  process.env['KSHOT_TEST_TOKEN'] = 'short';
  process.env['KSHOT_TEST_TOKEN_KEY'] = 'abc$&12345 and more';
  process.env['TOKENIZER'] = 'whitespace';
  const secrets = secretsOf([{ parameters: { env: { DB_PASSWORD: 'hunter2hunter2', RATE: '0.00000001' } } }]);
  const text = 'é --set env.DB_PASSWORD=hunter2hunter2 abc$&12345 short 0.00000001';
  const without = 'é --set env.DB_PASSWORD=<DB_PASSWORD> <KSHOT_TEST_API_KEY> short 0.00000001';
  expect(withoutSecrets(text, secrets)).toBe(without);
  expect(withoutSecrets(Buffer.from(text), secrets).toString()).toBe(without);
  // The longer one whole, though another begins as it does; no tokenizer; a key of lines in each of them.
  expect(withoutSecrets('abc$&12345 and more, whitespace', secrets)).toBe(
    '<KSHOT_TEST_TOKEN_KEY>, whitespace',
  );
  const pem = secretsOf([
    {
      parameters: { env: { PRIVATE_KEY: '-----BEGIN-----\nMIIEvQIBADAN\n', AUTHORIZATION: 'Basic dXNlcg' } },
    },
  ]);
  expect(withoutSecrets('+MIIEvQIBADAN\n+Basic dXNlcg\n', pem)).toBe('+<PRIVATE_KEY>\n+<AUTHORIZATION>\n');
});

it('says whether secrets were left out of the difference', () => {
  const secrets = [{ name: 'A_TOKEN', value: 'hunter2hunter2' }];
  const state = { commit: 'c', branch: null, dirty: true, untracked: [] };
  const keep = (diff: string) => keptOfGit({ state, diff: Buffer.from(diff) }, secrets);
  const redacted = keep('+token = hunter2hunter2\n');
  expect(redacted.diff?.toString()).toBe('+token = <A_TOKEN>\n');
  const origin = originOfProcess(secrets);
  expect(provenanceOf(origin, redacted, [])).toMatchObject({
    git_diff_redacted: true,
    git: { diff_is_redacted: true },
  });
  expect(provenanceOf(origin, keep('+one\n'), [])).toMatchObject({ git_diff_redacted: false, git: state });
  expect(provenanceOf(origin, keptOfGit({ state }, secrets), []).git_diff_redacted).toBeNull();
  expect(provenanceOf(origin, keptOfGit(undefined, secrets), [])).toMatchObject({
    git: null,
    git_diff_redacted: null,
  });
});
