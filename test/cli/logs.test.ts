import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const pipeline = `version: 1
steps:
  one: { kind: value, with: { a: 1 } }
  two: { kind: command, in: { one: one }, with: { argv: [cat, one] } }
`;
const breakIt = (at: Project) =>
  at.edit(
    'pipelines/a.yaml',
    'kind: value, with: { a: 1 }',
    'kind: command, with: { argv: ["false"], outputs: { o: o } }',
  );
const project = () => temporaryProject({ files: { 'pipelines/a.yaml': pipeline } });
const run = async (at: Project, tag: string) => (await kshot(at, ['run', '--tag', tag])).exitCode;
const logs = (at: Project, ...args: string[]) => kshot(at, ['logs', ...args]);

/** Waits until the step `slow` has printed something. */
const hasBegun = (at: Project) =>
  expect.poll(async () => (await logs(at, 'slow')).stdout, { timeout: 60_000 }).toMatch(/^begun$/m);

describe('kshot logs', () => {
  it('shows of every executed step when, why and how, also where it printed nothing', async () => {
    const at = project();
    expect(await run(at, 'first')).toBe(0);
    const { exitCode, stdout, stderr } = await logs(at, 'one');
    expect([exitCode, stderr]).toEqual([0, 'one in a/first (artifacts/a/first/logs/one.log)\n']);
    expect(stdout).toMatch(
      /^\[kshot\] one \(value\) starts \S+Z, threads 1, key [0-9a-f]{64}\n\[kshot\] because: new\n\[kshot\] ended \S+Z, after [\d.]+ s: ran\n$/,
    );
    expect((await logs(at, 'two')).stdout).toContain('\n$ cat one\n{"a":1}\n[kshot] ended ');
  });

  it('says of a step that was a hit which run executed it', async () => {
    const at = project();
    expect([await run(at, 'first'), await run(at, 'second')]).toEqual([0, 0]);
    for (const args of [['two'], ['two', '--run', 'second']]) {
      const { exitCode, stdout, stderr } = await logs(at, ...args);
      expect(stderr).toContain('hit in a/second; last executed as two in a/first (');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('$ cat one')]);
    }
    const asJson = JSON.parse((await logs(at, 'two', '--json')).stdout) as unknown;
    expect(asJson).toMatchObject({
      run: 'a/first',
      node: 'two',
      listed: { run: 'a/second', outcome: 'hit' },
      text: expect.stringContaining('$ cat one'),
    });
  });

  it('shows of a step that was skipped its latest execution before', async () => {
    const at = project();
    expect(await run(at, 'first')).toBe(0);
    breakIt(at);
    expect(await run(at, 'second')).toBe(1);
    const { stdout, stderr } = await logs(at, 'two');
    expect(stderr).toContain('skipped in a/second; last executed as two in a/first (');
    expect(stdout).toContain('$ cat one');
    expect((await logs(at, 'one')).stdout).toContain('s: failed: the program ended with exit code 1\n');
  });

  it('says where there is none why, and of a name that no run has which is near', async () => {
    const at = project();
    breakIt(at);
    expect(await run(at, 'first')).toBe(1);
    const skipped = await logs(at, 'two');
    expect(skipped.exitCode).toBe(2);
    expect(skipped.stderr).toContain('no log is left of two');
    expect(skipped.stderr).toContain('two in a/first: skipped, needs one: failed');
    rmSync(at.path('artifacts/a/first/logs/one.log'));
    expect((await logs(at, 'one')).stderr).toContain('one in a/first: failed, ');
    const unknown = await logs(at, 'twoo');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean two?')]);
  });

  it('shows the log of a run under way, and follows it until the step ends', async () => {
    const at = project();
    expect(await run(at, 'first')).toBe(0);
    at.write(
      'pipelines/a.yaml',
      `version: 1\nsteps:\n  slow: { kind: command, with: { shell: true, argv: "echo begun; until [ -e ${at.path('go')} ]; do sleep 0.1; done; echo going on; echo 1 > out", outputs: { out: out } } }\n  after: { kind: command, in: { s: slow }, with: { shell: true, argv: "until [ -e ${at.path('stop')} ]; do sleep 0.1; done" } }\n`,
    );
    const running = startKshot(at, ['run', '--tag', 'second']);
    await hasBegun(at);
    const following = startKshot(at, ['logs', 'slow', '--follow']);
    await following.until(/begun/);
    const now = await logs(at, 'slow');
    expect(now.stderr).toContain('slow in a/second, which is under way (');
    expect(now.stdout).toContain('begun\n');
    const waiting = startKshot(at, ['logs', 'after', '-f', '--run', 'second', '--json']);
    at.write('go', '');
    const { exitCode, stdout } = await following.finished;
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/begun\ngoing on\n\[kshot\] ended .*: ran\n$/),
    ]);
    await waiting.until(/after/);
    expect(running.process.exitCode).toBe(null);
    at.write('stop', '');
    expect((await running.finished).exitCode).toBe(0);
    const followed = await waiting.finished;
    const text = followed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { run: string; text: string }).text);
    expect([followed.exitCode, text.join('')]).toEqual([
      0,
      expect.stringMatching(/^\[kshot\] after .*: ran\n$/s),
    ]);
  });

  it('shows the log of a run that was killed, follows it no longer, and prefers that of a later run', async () => {
    const at = project();
    at.write(
      'pipelines/a.yaml',
      'version: 1\nsteps:\n  slow: { kind: command, with: { shell: true, argv: "echo begun; sleep 600" } }\n',
    );
    const running = startKshot(at, ['run', '--tag', 'killed']);
    await hasBegun(at);
    expect((await logs(at, 'slow')).stderr).toContain('slow in a/killed, which is under way (');
    running.process.kill('SIGKILL');
    await running.finished;
    const { exitCode, stdout, stderr } = await logs(at, 'slow', '--follow');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('slow in a/killed, which was killed (')]);
    expect(stdout).toContain('begun\n');
    at.edit('pipelines/a.yaml', 'sleep 600', 'echo done');
    expect(await run(at, 'later')).toBe(0);
    expect((await logs(at, 'slow')).stderr).toMatch(/^slow in a\/later \(/);
    expect((await logs(at, 'slow', '--run', 'killed')).stderr).toContain('a/killed, which was killed (');
    for (const command of ['results', 'report', 'diff', 'pin']) {
      const none = await kshot(at, [command, 'killed']);
      expect([none.exitCode, none.stderr]).toEqual([
        2,
        expect.stringContaining('run a/killed has no results: it is under way, or was killed'),
      ]);
    }
  });
});
