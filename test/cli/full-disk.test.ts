import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventsOf, kshot, mainFile } from '../support/kshot.js';
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
