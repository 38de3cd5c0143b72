// What changes around a project between two runs: clocks, time zones, copies, file systems, process ids; and how much
// memory and how many open files a large pipeline takes.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  atTheEnd,
  experiment,
  filesBelow,
  flawsOf,
  flawsOfRecovery,
  has,
  kshot,
  main,
  makeProject,
  resultsIn,
  Tally,
  temporaryFolder,
  values,
} from './rig.mjs';

const fakeTime = ['/usr/lib', '/usr/lib64', '/usr/local/lib']
  .flatMap((folder) => [join(folder, 'x86_64-linux-gnu'), join(folder, 'aarch64-linux-gnu'), folder])
  .map((folder) => join(folder, 'faketime/libfaketimeMT.so.1'))
  .find(existsSync);

/** The environment in which the wall clock says something else; how long things take stays as it is. */
export function clockAt(offset) {
  return {
    LD_PRELOAD: fakeTime,
    FAKETIME: offset,
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

/** Whether a plan finds everything done. */
function flawsOfHits(root, options) {
  const plan = kshot(root, ['plan'], options);
  const flaws = flawsOf(plan, [0]);
  if (!/: 0 run \+ \d+ hit \+ 0 depends/.test(plan.text))
    flaws.push(`not all are hits: ${plan.text.slice(-700)}`);
  return flaws;
}

const withFile = values.replace('argv: [cp, one, two]', 'files: [data.txt], argv: [cp, data.txt, two]');

export function* clocks({ random }) {
  const clock = new Tally('clock set forward, back, past 2038, before 1980');
  const zone = new Tally('time zone changed between runs');
  yield [clock, zone];
  if (fakeTime === undefined) clock.skipped = 'no libfaketime';
  const offsets = ['+1h', '-1h', '+400d', '-400d', '+13y', '+40y', '-30y', '-47y', '+0'];
  const zones = [
    'UTC',
    'Asia/Kolkata',
    'America/St_Johns',
    'Pacific/Kiritimati',
    'Pacific/Marquesas',
    'Nowhere/At_All',
    ':',
  ];
  const reference = resultsOf(experiment);
  for (;;) {
    if (fakeTime !== undefined) {
      yield () => {
        const root = makeProject(withFile);
        writeFileSync(join(root, 'data.txt'), 'data\n');
        const [first, second, third] = [random.pick(offsets), random.pick(offsets), random.pick(offsets)];
        const flaws = [];
        const one = kshot(root, ['run'], { environment: clockAt(first) });
        flaws.push(...flawsOf(one, [0]).map((flaw) => `${flaw}: ${one.text.slice(-600)}`));
        flaws.push(...flawsOfHits(root, { environment: clockAt(second) }));
        writeFileSync(join(root, 'data.txt'), 'DATA\n');
        const two = kshot(root, ['run'], { environment: clockAt(third) });
        flaws.push(...flawsOf(two, [0]).map((flaw) => `${flaw}: ${two.text.slice(-600)}`));
        if (!/1 ran/.test(two.text)) flaws.push(`an edited file was not seen: ${two.text.slice(-400)}`);
        for (const args of [
          ['status'],
          ['gc', '--dry-run'],
          ['sql', 'FROM runs'],
          ['logs', 'two'],
          ['cache', 'verify'],
        ]) {
          const answer = kshot(root, args, { environment: clockAt(random.pick(offsets)) });
          const own = flawsOf(answer, [0]);
          if (own.length > 0) flaws.push(`${args.join(' ')}: ${own}: ${answer.text.slice(-400)}`);
        }
        clock.count(flaws, `${first}, ${second}, ${third}`);
        rmSync(root, { recursive: true });
      };
    }
    yield () => {
      const root = makeProject(experiment);
      const [first, second] = [random.pick(zones), random.pick(zones)];
      const flaws = flawsOf(
        kshot(root, ['run', '--quiet'], { environment: { TZ: first, LC_ALL: 'de_DE.UTF-8' } }),
        [0],
      );
      flaws.push(...flawsOfHits(root, { environment: { TZ: second, LANG: 'tr_TR.UTF-8' } }));
      const sql = 'SELECT node, started_at::VARCHAR FROM latest_steps ORDER BY node';
      const [here, there] = [first, second].map((TZ) =>
        kshot(root, ['sql', sql, '--format', 'csv'], { environment: { TZ } }),
      );
      if (here.text !== there.text)
        flaws.push(`other times: ${here.text.slice(0, 300)} / ${there.text.slice(0, 300)}`);
      if (Object.entries(resultsIn(root)).some(([key, outputs]) => reference[key] !== outputs))
        flaws.push('other results');
      zone.count(flaws, `${first}, ${second}`);
      rmSync(root, { recursive: true });
    };
  }
}

function resultsOf(pipeline) {
  const root = makeProject(pipeline);
  const { exitCode, text } = kshot(root, ['run', '--quiet']);
  if (exitCode !== 0) throw new Error(text);
  return resultsIn(root);
}

export function* copies({ random }) {
  const copied = new Tally('cache copied by cp -a, rsync without times, tar with other owners');
  const reused = new Tally('a lock whose process id another process has');
  yield [copied, reused];
  const sound = makeProject(experiment);
  kshot(sound, ['run', '--quiet']);
  const reference = resultsIn(sound);
  const ways = {
    'cp -a': ['cp', '-a', `${sound}/.`, '.'],
    'cp -r': ['cp', '-r', `${sound}/.`, '.'],
    'rsync without times': ['rsync', '-rlp', `${sound}/`, './'],
    'tar with another owner': [
      'sh',
      '-c',
      `tar -C '${sound}' --owner=12345 --group=54321 --numeric-owner -cf - . | tar -xpf -`,
    ],
    'zip-like: no permissions, no links': ['rsync', '-r', '--chmod=ugo=rwX', `${sound}/`, './'],
  };
  for (;;) {
    const name = random.pick(Object.keys(ways));
    yield () => checkCopy(name, ways[name], reference, copied);
    yield () => checkReusedNumber(reused);
  }
}

function checkCopy(name, [command, ...args], reference, copied) {
  if (name.includes('rsync') || name.includes('zip'))
    if (!has('rsync')) return copied.note('skipped: no rsync');
  const root = temporaryFolder();
  const { status, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
  });
  const flaws = status === 0 ? [] : [stderr];
  flaws.push(...flawsOfHits(root));
  if (process.getuid() === 0 && name.includes('owner')) {
    // Somebody else than the owner, who may only read.
    for (const path of [root, join(root, 'cache')]) spawnSync('chmod', ['-R', 'a+rX', path]);
  }
  flaws.push(...flawsOfRecovery(root, reference));
  copied.count(flaws, name);
  rmSync(root, { recursive: true, force: true });
}

function checkReusedNumber(reused) {
  const root = makeProject(values);
  const lock = ownerOf(kshotLock(root));
  // Another process, alive, under the number that the lock names.
  const other = spawn('sleep', ['60']);
  const [key] = Object.keys(resultsOf(values));
  rmSync(join(root, 'cache'), { recursive: true, force: true });
  mkdirSync(join(root, 'cache/locks'), { recursive: true });
  symlinkSync(
    JSON.stringify({ ...lock, processId: other.pid, token: '0123456789abcdef' }),
    join(root, 'cache/locks', key),
  );
  const answer = kshot(root, ['run', '--quiet'], { timeout: 60_000 });
  const flaws = flawsOf(answer, [0]);
  other.kill();
  reused.count(flaws, 'the lock of a process that is gone, whose number lives');
  rmSync(root, { recursive: true, force: true });
}

/** A lock as kshot writes it, taken from a run under way. */
function kshotLock(root) {
  const child = spawn(process.execPath, [main, 'run', '--quiet'], { cwd: root, stdio: 'ignore' });
  try {
    for (const end = performance.now() + 30_000; performance.now() < end; ) {
      const folder = join(root, 'cache/locks');
      const [name] = existsSync(folder) ? readdirSync(folder) : [];
      try {
        if (name !== undefined) return readlinkSync(join(folder, name));
      } catch {
        // Given back meanwhile.
      }
    }
    throw new Error('no lock was seen');
  } finally {
    child.kill('SIGKILL');
  }
}

const ownerOf = (text) => JSON.parse(text);

/** Everything below a folder that a command could change. */
export function snapshot(root) {
  const look = {};
  for (const file of filesBelow(root)) {
    const { size, mtimeMs, ctimeMs, ino } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (!file.endsWith('/stat-index.json')) look[file] = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  }
  return JSON.stringify(look);
}

const looking = [
  ['plan'],
  ['dag'],
  ['status'],
  ['plan', '--json'],
  ['dag', '--json'],
  ['status', '--json'],
  ['run', '--dry-run'],
  ['explain', 'copied'],
  ['results'],
  ['logs', 'copied'],
  ['gc', '--dry-run'],
  ['doctor'],
  ['sql', 'FROM runs'],
  ['diff'],
  ['--help'],
  ['completion', 'bash'],
  ['__complete', 'run', ''],
];

export function* readOnly() {
  const quiet = new Tally('commands that only look, on a project that they must not change');
  const mounted = new Tally('cache on another, or a read-only, file system');
  yield [quiet, mounted];
  const marker = join(temporaryFolder(), 'executed');
  const root = makeProject(
    experiment.replace('argv: [cp, model, copy]', `argv: [sh, -c, "touch ${marker}; cp model copy"]`),
  );
  kshot(root, ['run', '--quiet']);
  rmSync(marker, { force: true });
  const fresh = makeProject(readFileSync(join(root, 'pipelines/small.yaml'), 'utf8'));
  const tmpfs = temporaryFolder();
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'kshot-faults', tmpfs]).status === 0;
  if (isMounted) atTheEnd(() => spawnSync('umount', [tmpfs]));
  else mounted.skipped = 'mount is not allowed';
  const reference = resultsOf(experiment);
  let turn = 0;
  for (;;) {
    const args = looking[turn++ % looking.length];
    for (const place of [root, fresh]) {
      yield () => {
        const before = snapshot(place);
        const answer = kshot(place, args);
        const flaws = flawsOf(answer, [0, 1, 2, 36]);
        if (snapshot(place) !== before) flaws.push('files of the project changed');
        if (existsSync(marker)) flaws.push('a program was executed');
        quiet.count(flaws, `${args.join(' ')} in a ${place === root ? 'done' : 'fresh'} project`);
      };
    }
    if (!isMounted || turn % 3 !== 0) continue;
    yield () => {
      const flaws = [];
      rmSync(join(tmpfs, 'cache'), { recursive: true, force: true });
      mkdirSync(join(tmpfs, 'cache'));
      const project = makeProject(experiment);
      symlinkSync(join(tmpfs, 'cache'), join(project, 'cache'));
      const first = kshot(project, ['run', '--quiet']);
      flaws.push(...flawsOf(first, [0]).map((flaw) => `cache elsewhere: ${flaw}: ${first.text.slice(-500)}`));
      spawnSync('mount', ['-o', 'remount,ro', tmpfs]);
      flaws.push(...flawsOfHits(project).map((flaw) => `read-only: ${flaw}`));
      const hits = kshot(project, ['run']);
      flaws.push(
        ...flawsOf(hits, [0]).map((flaw) => `read-only, all hits: ${flaw}: ${hits.text.slice(-700)}`),
      );
      const refused = kshot(project, ['run', '--set', 'steps.split.with.seed=8']);
      flaws.push(
        ...flawsOf(refused, [36]).map(
          (flaw) => `read-only, work to do: ${flaw}: ${refused.text.slice(-700)}`,
        ),
      );
      spawnSync('mount', ['-o', 'remount,rw', tmpfs]);
      flaws.push(...flawsOfRecovery(project, reference));
      mounted.count(flaws, 'a tmpfs, remounted read-only');
      rmSync(project, { recursive: true, force: true });
    };
  }
}

const manyValues = (count) =>
  `version: 1\nname: many\nsteps:\n  value: { kind: value, with: { x: 1 }, matrix: { i: [${Array.from({ length: count }, (_, i) => i).join(', ')}] } }\n`;
const longTraining = (iterations) =>
  experiment.replace(
    'iterations: 2, checkpoint_interval: 1',
    `iterations: ${iterations}, checkpoint_interval: ${iterations}`,
  );

/** The largest memory (MB) and most open files of a process and its workers over its life. */
function watch(root, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, KSHOT_GPUS: 'none' },
    });
    const samples = [];
    const timer = setInterval(() => {
      const sample = { parent: lookAt(child.pid), worker: undefined };
      for (const worker of childrenOf(child.pid)) sample.worker ??= lookAt(worker);
      if (sample.parent !== undefined) samples.push(sample);
    }, 200);
    child.on('close', (exitCode) => {
      clearInterval(timer);
      resolve({ exitCode, samples });
    });
  });
}

function lookAt(pid) {
  try {
    const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { megabytes: Math.round(Number(memory[1]) / 1024), files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  } catch {
    return [];
  }
}

export function* manySteps() {
  const nodes = new Tally('nodes by the thousand: memory and open files stay flat');
  const iterations = new Tally('iterations by the thousand: memory and open files stay flat');
  yield [nodes, iterations];
  if (process.platform !== 'linux') {
    for (const tally of [nodes, iterations]) tally.skipped = 'not Linux';
    return;
  }
  const measure = async (tally, pipeline, what) => {
    const root = makeProject(pipeline);
    const { exitCode, samples } = await watch(root, ['run', '--quiet', '-j', '2']);
    const flaws = exitCode === 0 ? [] : [`exit code ${exitCode}`];
    const told = [];
    for (const who of ['parent', 'worker']) {
      const seen = samples.map((sample) => sample[who]).filter(Boolean);
      if (seen.length < 4) continue;
      const middle = Math.floor(seen.length / 2);
      // Half of the samples: a moment in which modules are read is no growth.
      const usual = (list, field) =>
        list.map((one) => one[field]).sort((a, b) => a - b)[Math.floor(list.length / 2)];
      const [early, late] = [seen.slice(0, middle), seen.slice(middle)];
      const figures = ['megabytes', 'files'].map(
        (field) => `${usual(early, field)} then ${usual(late, field)} ${field}`,
      );
      told.push(`${who} ${figures.join(', ')}`);
      if (usual(late, 'files') > usual(early, 'files') + 12) flaws.push('open files grow');
      if (usual(late, 'megabytes') > 2 * usual(early, 'megabytes') + 50) flaws.push('memory grows');
    }
    tally.note(`${what}: ${told.join('; ')}`);
    tally.count(flaws, `${what}: ${told.join('; ')}`);
    rmSync(root, { recursive: true, force: true });
  };
  yield () => measure(nodes, manyValues(1000), '1,000 nodes');
  yield () => measure(iterations, longTraining(1000), '1,000 iterations');
  yield () => measure(iterations, longTraining(10_000), '10,000 iterations');
  yield () => measure(nodes, manyValues(10_000), '10,000 nodes');
}
