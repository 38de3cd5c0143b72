// Disks that are full, over quota, failing or slow: the n-th call on a file of the project is refused, for many n.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  atTheEnd,
  experiment,
  filesBelow,
  flawsOf,
  flawsOfRecovery,
  has,
  kshot,
  makeProject,
  resultsIn,
  Tally,
  temporaryFolder,
} from './rig.mjs';

const source = fileURLToPath(new URL('./refusing-disk.c', import.meta.url));
const changing = 'create,write,sync,rename,link,mkdir,truncate';

/** The library to preload; undefined where it cannot be built. */
export function buildRefusingDisk() {
  if (process.platform !== 'linux' || !has('cc')) return undefined;
  const library = join(temporaryFolder(), 'refusing-disk.so');
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return status === 0 ? library : undefined;
}

/** The environment in which calls on files below `root` are refused, and how many were counted afterwards. */
export function refusing(library, root, { calls = changing, error = 0, first = 1, last = 0, delay = 0 }) {
  const folder = temporaryFolder();
  const counter = join(folder, 'counter');
  const told = join(folder, 'told');
  writeFileSync(counter, Buffer.alloc(8));
  return {
    environment: {
      LD_PRELOAD: library,
      KSHOT_FAULT_UNDER: root,
      KSHOT_FAULT_COUNTER: counter,
      KSHOT_FAULT_CALLS: calls,
      KSHOT_FAULT_ERROR: String(error),
      KSHOT_FAULT_FIRST: String(first),
      KSHOT_FAULT_LAST: String(last),
      KSHOT_FAULT_DELAY: String(delay),
      KSHOT_FAULT_TOLD: told,
    },
    counted: () => Number(readFileSync(counter).readBigInt64LE()),
    told: () => (existsSync(told) ? readFileSync(told, 'utf8').replaceAll(root, '.').trim().split('\n') : []),
  };
}

/** A failure of the environment that names neither a file of the project nor what was being done. */
function vagueness(answer, root) {
  if (answer.exitCode !== 36) return [];
  return /(^|[\s/])(cache|artifacts)\//.test(answer.text.replaceAll(root, '')) &&
    !/the access to a file/.test(answer.text)
    ? []
    : ['no file is named'];
}

/** A stack in a log of a step. */
function stacksInLogs(root) {
  for (const file of filesBelow(join(root, 'artifacts'))) {
    if (file.endsWith('.log') && /^\S*\s+at .*:\d+:\d+\)?$/m.test(readFileSync(file, 'utf8')))
      return ['a stack in a log'];
  }
  return [];
}

export function* refusedCalls({ random }) {
  const library = buildRefusingDisk();
  const names = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE'];
  const tallies = Object.fromEntries(names.map((name) => [name, new Tally(`${name} at the n-th call`)]));
  const slow = new Tally('every fsync 30 ms slower');
  const reads = new Tally('EIO or EMFILE at the n-th reading');
  const all = [...Object.values(tallies), reads, slow];
  yield all;
  if (library === undefined) {
    for (const tally of all) tally.skipped = 'no cc, or not Linux';
    return;
  }
  const root = makeProject(experiment);
  const clean = () => {
    for (const name of ['cache', 'artifacts']) rmSync(join(root, name), { recursive: true, force: true });
  };
  const counting = refusing(library, root, {});
  if (kshot(root, ['run', '--quiet'], counting).exitCode !== 0) throw new Error('the reference run failed');
  const reference = resultsIn(root);
  const total = counting.counted();

  const attempt = (tally, settings, what) => {
    clean();
    const disk = refusing(library, root, settings);
    const answer = kshot(root, ['run', '-j', '2', ...(settings.args ?? [])], disk);
    const told = disk.told();
    tally.note(`exit ${answer.exitCode}`);
    // Of a result that the disk could not give back once, the run tells, and computes it again.
    const isHealed = /computed again, and is good now/.test(answer.text);
    const flaws = flawsOf(answer, settings.error === 0 ? [0] : isHealed ? [1] : [0, 36]);
    flaws.push(...vagueness(answer, root), ...stacksInLogs(root));
    if (flaws.length > 0) flaws.push(answer.text.slice(-1500));
    flaws.push(...flawsOfRecovery(root, reference));
    tally.count(flaws, `${what} (${told.slice(0, 3).join(', ')})`);
  };
  for (;;) {
    if (random.below(12) === 0) yield () => attempt(slow, { error: 0, delay: 30 }, 'slow');
    const first = 1 + random.below(total);
    const name = random.pick(names);
    const once = random.below(2) === 0;
    const error = constants.errno[name];
    if (random.below(6) === 0 && (name === 'EIO' || name === 'EMFILE')) {
      const at = 1 + random.below(300);
      yield () =>
        attempt(
          reads,
          { calls: name === 'EIO' ? 'read' : 'open', error, first: at, last: at },
          `${name} at reading ${at}`,
        );
      continue;
    }
    yield () =>
      attempt(
        tallies[name],
        { error, first, last: once ? first : 0 },
        `${name} ${once ? 'at' : 'from'} ${first}`,
      );
  }
}

/** A file system of its own that is too small, at many sizes. */
export function* smallDisk({ random }) {
  const tally = new Tally('a tmpfs that fills up');
  yield [tally];
  const mount = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'kshot-faults', mount]);
  if (mounted.status !== 0) {
    tally.skipped = 'mount is not allowed';
    return;
  }
  atTheEnd(() => spawnSync('umount', [mount]));
  const root = join(mount, 'project');
  mkdirSync(root);
  makeProject(experiment, root);
  kshot(root, ['run', '--quiet']);
  const reference = resultsIn(root);
  const used = Number(spawnSync('du', ['-sk', root], { encoding: 'utf8' }).stdout.split('\t')[0]);
  for (;;) {
    const kilobytes = 8 + random.below(used + 64);
    yield () => {
      for (const name of ['cache', 'artifacts']) rmSync(join(root, name), { recursive: true, force: true });
      spawnSync('mount', ['-o', `remount,size=${kilobytes}k`, mount]);
      const answer = kshot(root, ['run', '-j', '2', ...(random.below(2) === 0 ? ['--json'] : [])]);
      tally.note(`exit ${answer.exitCode}`);
      const flaws = [...flawsOf(answer, [0, 1, 36]), ...vagueness(answer, root), ...stacksInLogs(root)];
      if (answer.exitCode === 1 && !/copied: /.test(answer.text)) flaws.push('exit code 1');
      if (flaws.length > 0) flaws.push(answer.text.slice(-1500));
      spawnSync('mount', ['-o', 'remount,size=64m', mount]);
      flaws.push(...flawsOfRecovery(root, reference));
      tally.count(flaws, `${kilobytes} kB`);
    };
  }
}
