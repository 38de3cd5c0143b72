import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
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

describe('kshot logs', () => {
  it('shows of every executed step when, why and how, also where it printed nothing', async () => {
    const at = project();
    expect(await run(at, 'first')).toBe(0);
    const { exitCode, stdout, stderr } = await logs(at, 'one');
    expect([exitCode, stderr]).toEqual([
      0,
      `one in a/first (${at.path('artifacts/a/first/logs/one.log')})\n`,
    ]);
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
});
