import { describe, expect, it } from 'vitest';
import { kshot, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const pipeline = (value: number) => `version: 1\nsteps:\n  v: { kind: value, with: { a: ${value} } }\n`;

const run = async (at: Project, tag: string) => {
  const { exitCode, stderr } = await kshot(at, ['run', '--tag', tag]);
  expect(exitCode, stderr).toBe(0);
};

describe('kshot gc', () => {
  it('keeps what a pinned run reaches until the pin goes, and says so', async () => {
    const at = temporaryProject({ files: { 'pipelines/a.yaml': pipeline(1) } });
    await run(at, 'first');
    at.write('pipelines/a.yaml', pipeline(2));
    await run(at, 'second');
    const pinned = await kshot(at, ['pin', 'first']);
    expect([pinned.exitCode, pinned.stdout]).toEqual([0, 'a/first\n']);
    const kept = await kshot(at, ['gc', '--keep', '1']);
    expect(kept.stdout).not.toMatch(/a\/first:/);
    expect(kept.stderr).toContain('pinned and so kept: a/first\n');
    at.write('pipelines/a.yaml', pipeline(1));
    expect((await kshot(at, ['status', '--check'])).exitCode).toBe(0);
    expect((await kshot(at, ['cache', 'verify'])).exitCode).toBe(0);
    expect((await kshot(at, ['pin', '--remove', 'a/first', '--json'])).stdout).toBe(
      '{"version":1,"pinned":[]}\n',
    );
    expect((await kshot(at, ['gc', '--keep', '1'])).stdout).toMatch(
      /^removed 1 result, .*\n {2}a\/first: v /,
    );
    expect((await kshot(at, ['status', '--check'])).exitCode).toBe(4);
  });

  it('pins all of the runs that are named or none, and lists them', async () => {
    const at = temporaryProject({ files: { 'pipelines/a.yaml': pipeline(1) } });
    expect((await kshot(at, ['pin', 'first'])).exitCode).toBe(2);
    await run(at, 'first');
    const wrong = await kshot(at, ['pin', 'first', 'secnd']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('there is no run secnd')]);
    const none = await kshot(at, ['pin']);
    expect([none.exitCode, none.stdout, none.stderr]).toEqual([0, '', 'no run is pinned\n']);
    expect((await kshot(at, ['pin', '--remove'])).exitCode).toBe(2);
  });

  it('takes nothing from a run under way, neither what it computes nor what it has found', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml': `${pipeline(1)}  slow: { kind: command, in: { v: v }, with: { argv: [sh, -c, "until [ -e go ]; do sleep 0.1; done; cp v out"], outputs: { out: out } } }\n`,
      },
    });
    // The step waits in a folder of its own, so the sign to go on is there.
    at.edit('pipelines/a.yaml', '[ -e go ]', `[ -e ${at.path('go')} ]`);
    expect((await kshot(at, ['run', 'v'])).exitCode).toBe(0);
    const running = startKshot(at, ['run']);
    await running.until(/slow/);
    const during = await kshot(at, ['gc', '--keep', '0', '--json']);
    expect(during.exitCode).toBe(0);
    const said = JSON.parse(during.stdout) as { garbage: { type: string }[]; held_by: string[] };
    expect(said.held_by).toEqual([expect.stringContaining(`process ${running.process.pid}`)]);
    expect(said.garbage.filter(({ type }) => type === 'entry' || type === 'object')).toEqual([]);
    at.write('go', '');
    const { exitCode, stderr } = await running.finished;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/1 ran/);
    expect((await kshot(at, ['gc', '--keep', '0'])).stdout).toMatch(/^removed 2 results/);
  });
});
