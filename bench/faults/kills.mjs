// Runs that end at any moment by kill -9, the main process alone or with all that it started; on a sound disk, and on
// one whose fsync is so slow that many kills come while a file is being made safe. And trainings in segments that are
// killed several times, now kshot and now the program.
import { spawn } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildRefusingDisk, refusing } from './disk.mjs';
import { experiment, flawsOfRecovery, has, kshot, main, makeProject, resultsIn, Tally } from './rig.mjs';

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

const training = `version: 1
name: training
steps:
  train:
    kind: python
    with:
      script: train.py
      params: { epochs: 20, pause: 0.04 }
      outputs: { model: model.json, curve: { as: history } }
    segments: { of: epochs, every: 5 }
`;
/** How often each training is killed. */
const killsOfTraining = 3;

export function* killedTrainings({ random }) {
  const tally = new Tally(`kill -9 of a training in segments or of kshot, ${killsOfTraining} times each`);
  yield [tally];
  if (process.platform !== 'linux' || !has('python3')) {
    tally.skipped = 'no python3, or not Linux';
    return;
  }
  const root = makeProject(training);
  copyFileSync(new URL('../../test/support/resuming_training.py', import.meta.url), join(root, 'train.py'));
  const clean = () => {
    for (const name of ['cache', 'artifacts']) rmSync(join(root, name), { recursive: true, force: true });
  };
  const began = performance.now();
  if (kshot(root, ['run', '--quiet']).exitCode !== 0) throw new Error('the reference run failed');
  const milliseconds = performance.now() - began;
  const reference = resultsIn(root);
  for (;;) {
    const kills = Array.from({ length: killsOfTraining }, () => ({
      whom: random.pick(['program', 'main', 'all']),
      moment: random.next() * milliseconds,
    }));
    yield async () => {
      clean();
      for (const one of kills) tally.note(await killOnce(root, one));
      const told = kills.map(({ whom, moment }) => `${whom} at ${Math.round(moment)} ms`).join(', ');
      tally.count(flawsOfRecovery(root, reference), told);
    };
  }
}

/** Starts a run and kills the program of a step, or kshot, at the moment; says what came of it. */
async function killOnce(root, { whom, moment }) {
  const child = spawn(process.execPath, [main, 'run', '--quiet'], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, KSHOT_GPUS: 'none' },
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const isEnded = () => child.exitCode !== null || child.signalCode !== null;
  await Promise.race([ended, pause(moment)]);
  while (whom === 'program' && !isEnded() && programsOf(root).length === 0) await pause(10);
  if (isEnded()) return 'ended before';
  const victims = { program: programsOf(root), main: [child.pid], all: [-child.pid] }[whom];
  victims.forEach(kill);
  await ended;
  return `killed ${whom}`;
}

/** The processes of a project's steps that run. */
function programsOf(root) {
  return readdirSync('/proc').filter((id) => {
    try {
      return (
        /^\d+$/.test(id) && readFileSync(`/proc/${id}/environ`, 'utf8').includes(`KSHOT_STEP_FOLDER=${root}`)
      );
    } catch {
      return false;
    }
  });
}

function kill(id) {
  try {
    process.kill(Number(id), 'SIGKILL');
  } catch {
    // It has ended.
  }
}
