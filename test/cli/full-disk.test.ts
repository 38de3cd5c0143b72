import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { eventsOf, kshot, mainFile, startKshot } from '../support/kshot.js';
import { buildRefusingDisk, refusing } from '../support/refusing-disk.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

/** Runs with a limit on the size of files (512-byte blocks), which refuses writes as a full disk does. */
function runLimited(at: Project, blocks: number) {
  const { status, stdout } = spawnSync(
    'sh',
    ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, mainFile, 'run', '--json'],
    { cwd: at.root, encoding: 'utf8' },
  );
  return { exitCode: status, events: eventsOf({ stdout }) };
}

const project = (bytes: number) =>
  temporaryProject({
    files: {
      'pipelines/a.yaml': `version: 1\nsteps:\n  small: { kind: value, with: { a: 1 } }\n  big: { kind: value, with: { text: "${'x'.repeat(bytes)}" } }\n  after: { kind: command, in: { big: big }, with: { argv: [cat, big] } }\n`,
    },
  });

it('ends the events of a run under way with run.finish, and leaves no lock', async () => {
  const at = project(200_000);
  const { exitCode, events } = runLimited(at, 200);
  expect(exitCode).toBe(36);
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'step.finish', node: 'small', outcome: 'ran' }),
  );
  expect(events.at(-2)).toMatchObject({
    event: 'run.failed',
    failures: expect.arrayContaining([expect.objectContaining({ reason: 'disk' })]),
  });
  expect(events.at(-1)).toMatchObject({
    event: 'run.finish',
    exitCode: 36,
    counts: { ran: 1, failed: 1, skipped: 1 },
  });
  expect(readdirSync(at.path('cache/locks'))).toEqual([]);
  expect((await kshot(at, ['run'])).exitCode).toBe(0);
});

it('leaves no trace of a run that could not begin', async () => {
  const at = project(10);
  const { exitCode, events } = runLimited(at, 0);
  expect(events).toMatchObject([{ event: 'run.failed', failures: [{ reason: 'disk' }] }]);
  expect(exitCode).toBe(36);
  expect(readdirSync(at.root)).not.toContain('artifacts');
  expect((await kshot(at, ['run'])).exitCode).toBe(0);
});

/** All that is wrong with a disk is told by file, and never as a bug. */
function expectNamed(text: string, file: RegExp): void {
  expect(text).toMatch(file);
  expect(text).not.toMatch(/bug in kshot|^\s+at .*:\d+:\d+|access to a file|cause: .*\n\s+at /m);
}

it('names the file that was being written, in the words of a step, without a stack', () => {
  const at = temporaryProject({ files: { 'pipelines/a.yaml': smallExperiment } });
  const run = (blocks: number) => {
    const { stderr } = spawnSync(
      'sh',
      ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, mainFile, 'run', 'fingerprint'],
      { cwd: at.root, encoding: 'utf8' },
    );
    return stderr;
  };
  // DuckDB's own writing.
  expectNamed(run(6), /no space is left for writing \/.*\/cache\/partial\/.*\/outputs\/\w+ \(EFBIG\)/);
});

it.skipIf(process.platform !== 'linux')(
  'finishes a run whose events find no place, and says so',
  async () => {
    const at = project(10);
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'exec "$0" "$@" >/dev/full', process.execPath, mainFile, 'run', '--json'],
      { cwd: at.root, encoding: 'utf8' },
    );
    expect(stderr).toBe(
      'kshot: no space is left for writing to standard output (ENOSPC)\n  hint: free space, or let `kshot gc` remove what no recent run needs; then run again\n',
    );
    expect(status).toBe(36);
    expect(readdirSync(at.path('cache/locks'))).toEqual([]);
    expect((await kshot(at, ['plan'])).stdout).toContain('0 run + 3 hit');
  },
);

const disk = buildRefusingDisk();

describe.skipIf(disk === undefined)('a disk that refuses calls (needs cc and Linux)', () => {
  it.each([
    // The lock, an object of the code's manifest, an output of a step, a document of the run.
    ['EDQUOT', 'link', 1],
    ['EDQUOT', 'mkdir', 4],
    ['ENOSPC', 'write', 2],
    ['EIO', 'sync', 6],
    ['EMFILE', 'create', 10],
    ['ENOSPC', 'rename', 3],
  ] as const)(
    'is told as %s of %s number %i; nothing wrong is kept, and the next run recovers',
    async (code, call, first) => {
      const at = project(10);
      // Built above, or the test is skipped.
      const { environment } = refusing(disk!, at.root, { calls: call, error: constants.errno[code], first });
      const { exitCode, stderr } = await kshot(at, ['run'], { environment });
      expect(exitCode, stderr).toBe(36);
      expectNamed(stderr, new RegExp(`/(cache|artifacts)/.*\\(${code}\\)`));
      expect((await kshot(at, ['run'])).exitCode).toBe(0);
      expect(readdirSync(at.path('cache/locks'))).toEqual([]);
      expect((await kshot(at, ['cache', 'verify'])).exitCode).toBe(0);
    },
  );

  it('and whose fsync is slow keeps nothing of what kill -9 ended meanwhile', async () => {
    const at = project(10);
    const slow = { calls: '', error: 0, first: 0, delayMilliseconds: 2000 };
    // Built above, or the test is skipped.
    const { environment } = refusing(disk!, at.root, slow);
    const running = startKshot(at, ['run'], { environment });
    // Of an object, from the moment that it is begun to the one that it is safe and gets its name.
    const begun = () =>
      existsSync(at.path('cache/objects')) &&
      readdirSync(at.path('cache/objects'), { recursive: true, encoding: 'utf8' }).some((name) =>
        name.endsWith('.tmp'),
      );
    await vi.waitUntil(begun, { timeout: 30_000, interval: 5 });
    running.process.kill('SIGKILL');
    await running.finished;
    expect(begun()).toBe(true);
    expect((await kshot(at, ['cache', 'verify'])).exitCode).toBe(0);
    expect((await kshot(at, ['run'])).stderr).toContain('3 ran + 0 hit');
    expect((await kshot(at, ['cache', 'verify'])).exitCode).toBe(0);
  });

  it('that is read-only gives every result it has, and is named by what needs more', async () => {
    const at = project(10);
    expect((await kshot(at, ['run'])).exitCode).toBe(0);
    const { environment } = refusing(disk!, at.path('cache'), {
      calls: 'create,write,sync,rename,link,mkdir,truncate,remove',
      error: constants.errno.EROFS,
      first: 1,
    });
    const hits = await kshot(at, ['run'], { environment });
    expect([hits.exitCode, hits.stderr]).toEqual([0, expect.stringContaining('0 ran + 3 hit')]);
    const more = await kshot(at, ['run', '--set', 'steps.small.with.a=2'], { environment });
    expect(more.exitCode, more.stderr).toBe(36);
    expectNamed(more.stderr, /EROFS.*\/cache\//);
  });
});

it('names the page of a report that finds no place; the results are complete', () => {
  const { events } = runLimited(project(10), 30);
  const message = expect.stringMatching(
    /^report\.html was not written: no space is left for writing \/.*\/report\.html \(EFBIG\)$/,
  );
  expect(events.at(-2)).toMatchObject({ event: 'run.failed', failures: [{ reason: 'disk', message }] });
  expect(events.at(-1)).toMatchObject({ exitCode: 36, counts: { ran: 3 } });
});
