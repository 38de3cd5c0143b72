// What `npm run bench:cli` runs: how soon the command line answers whoever types it, on the main pipeline with all of
// its results in the cache. Whole processes, medians; each figure stands beside a bare start of Node in the same run.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const main = join(checkout, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'kshot-command-line-'));
const pipeline = 'pipelines/maml_residual.yaml';
const wordBreaks = ' \t\n"\'><=;|&(:';
const runs = 9;

/** Milliseconds until the process has ended. */
function whole(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

/** Milliseconds until the process has written its first line, to stdout or stderr. */
function firstLine(args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let time;
    const wait = (text) => {
      if (text.includes('\n')) time ??= performance.now() - start;
    };
    child.stdout.setEncoding('utf8').on('data', wait);
    child.stderr.setEncoding('utf8').on('data', wait);
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0 && time !== undefined
        ? resolve(time)
        : reject(new Error(`node ${args.join(' ')} ended with ${status}`)),
    );
  });
}

async function report(name, target, measure) {
  const times = [];
  for (let run = 0; run < runs; run++) times.push(await measure());
  const figures = `${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`;
  console.log(`${name.padEnd(48)} ${figures.padEnd(22)} target ${target}`);
}

try {
  cpSync(join(checkout, 'pipelines'), join(folder, 'pipelines'), { recursive: true });
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  console.log(
    `${pipeline}, computed once: ${(whole([main, 'run', pipeline, '--quiet']) / 1000).toFixed(0)} s`,
  );
  whole([main, 'run', pipeline, '--quiet', '--set', 'steps.validate.with.max_episodes=40']);
  await report('bare start of Node, whole', 'none', () => whole(['-e', '0']));
  await report('diff of two runs, whole', 'none', () => whole([main, 'diff', 'latest~1', 'latest']));
  await report('--version, whole', '300 ms', () => whole([main, '--version']));
  await report('--help, first line', '300 ms', () => firstLine([main, '--help']));
  await report('run, nothing to do, first line', '300 ms', () => firstLine([main, 'run', pipeline]));
  await report('plan, all cached, first line', '300 ms', () => firstLine([main, 'plan', pipeline]));
  await report('plan, all cached, whole', '400 ms', () => whole([main, 'plan', pipeline]));
  await report('status, all cached, whole', '400 ms', () => whole([main, 'status', pipeline]));
  for (const line of ['kshot pl', 'kshot explain meta', 'kshot run --set steps.meta_train.with.']) {
    await report(`completion of: ${line}`, '200 ms', () =>
      whole([main, '__complete', 'bash', line, wordBreaks]),
    );
  }
  await report('results, whole', 'none', () => whole([main, 'results']));
  await report('doctor, whole', 'none', () => whole([main, 'doctor']));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
