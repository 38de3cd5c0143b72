// Runs that end at any moment by kill -9, the main process alone or with all that it started; on a sound disk, and on
// one whose fsync is so slow that many kills come while a file is being made safe.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildRefusingDisk, refusing } from './disk.mjs';
import { experiment, flawsOfRecovery, kshot, main, makeProject, resultsIn, Tally } from './rig.mjs';

const delayMilliseconds = 60;

export function* killedRuns({ random }) {
  const sound = new Tally('kill -9 at any moment of a run');
  const slow = new Tally(`kill -9 at any moment, every fsync ${delayMilliseconds} ms slower`);
  yield [sound, slow];
  const library = buildRefusingDisk();
  if (library === undefined) slow.skipped = 'no cc, or not Linux';
  const root = makeProject(experiment);
  const clean = () => {
    for (const name of ['cache', 'artifacts']) rmSync(join(root, name), { recursive: true, force: true });
  };
  const kinds = [{ tally: sound, environment: {} }];
  if (library !== undefined)
    kinds.push({ tally: slow, ...refusing(library, root, { delay: delayMilliseconds }) });
  for (const kind of kinds) {
    clean();
    const began = performance.now();
    if (kshot(root, ['run', '--quiet', '-j', '2'], kind).exitCode !== 0)
      throw new Error('the reference run failed');
    kind.milliseconds = performance.now() - began;
  }
  const reference = resultsIn(root);

  for (;;) {
    const { tally, environment, milliseconds } = random.pick(kinds);
    const isWhole = random.below(2) === 0;
    const moment = random.next() * milliseconds;
    yield async () => {
      clean();
      const child = spawn(process.execPath, [main, 'run', '--quiet', '-j', '2'], {
        cwd: root,
        stdio: 'ignore',
        detached: true,
        env: { ...process.env, KSHOT_GPUS: 'none', ...environment },
      });
      const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
      await Promise.race([ended, pause(moment)]);
      if (child.exitCode === null) process.kill(isWhole ? -child.pid : child.pid, 'SIGKILL');
      tally.note((await ended) === 'SIGKILL' ? 'killed' : 'ended before');
      tally.count(flawsOfRecovery(root, reference), `${Math.round(moment)} ms, ${isWhole ? 'all' : 'main'}`);
    };
  }
}
