// What `npm run bench` runs: the wasm engine on three workloads, the bare kernel on the same machine, and PyTorch in a
// notebook's form on the very same episodes.
//
//   npm run bench -- [--college-msg CollegeMsg.txt] [--movielens ml-100k.inter] [--iterations 30] [--no-pytorch]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeForm, kernelForm } from '../dist/engines/wasm/kernel-form.js';
import { bareKernelRate } from './bare-kernel.mjs';

const { values: options } = parseArgs({
  options: {
    'college-msg': { type: 'string' },
    movielens: { type: 'string' },
    iterations: { type: 'string', default: '30' },
    'no-pytorch': { type: 'boolean', default: false },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = '/usr/bin/python3';
const hasPeer = !options['no-pytorch'] && spawnSync(python, ['-c', 'import torch']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'kshot-bench-'));

const [processor] = cpus();
console.log(
  `${processor?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${describeForm(await kernelForm())}`,
);

/** GFLOP/s by rows of a product and number of threads. */
const rates = {};
for (const rows of [1, 4]) {
  rates[rows] = { 1: await bareKernelRate(rows, 1), 2: await bareKernelRate(rows, 2) };
  const [one, two] = [rates[rows][1], rates[rows][2]];
  console.log(
    `bare kernel, ${rows} row${rows > 1 ? 's' : ''}: ${one.toFixed(1)} GFLOP/s at 1 thread, ${two.toFixed(1)} at 2 (${(two / one).toFixed(2)} times)`,
  );
}

try {
  await measure('synthetic', '');
  if (options['college-msg'] !== undefined) await measure('college-msg', options['college-msg']);
  else console.log('\nCollegeMsg: not measured; give its file with --college-msg');
  if (options.movielens !== undefined) await measure('movielens', options.movielens);
  else console.log('\nMovieLens 100K: not measured; give its file with --movielens');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(name, file) {
  const tasksFile = join(folder, `${name}.json`);
  const text = execFileSync(
    process.execPath,
    [here('engine-workload.mjs'), name, file, options.iterations, tasksFile],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const found = JSON.parse(text);
  const memory = `peak memory ${found.peakMegabytes.toFixed(0)} MB`;
  console.log(`\n${found.name}: ${found.items} items, ${found.tasks} users, ${memory}`);
  for (const [order, label] of [
    ['second', 'second order'],
    ['first', 'first order '],
  ]) {
    const { narrow, wide } = found[order];
    const times = found.times[order];
    for (const threads of [1, 2]) {
      const milliseconds = times[threads];
      const floor = narrow / rates[1][threads] / 1e6 + wide / rates[4][threads] / 1e6;
      console.log(
        `  ${label}, ${threads} thread${threads > 1 ? 's' : ' '}: ${milliseconds.toFixed(1).padStart(7)} ms a meta-gradient (best ${times.best[threads].toFixed(1)}), ` +
          `${((narrow + wide) / milliseconds / 1e6).toFixed(1)} GFLOP/s of ${((narrow + wide) / 1e9).toFixed(2)} GFLOP, ` +
          `${((100 * floor) / milliseconds).toFixed(0)}% of the floor of ${floor.toFixed(1)} ms`,
      );
    }
    const scaling = times[1] / times[2];
    const own = rates[4][2] / rates[4][1];
    console.log(
      `  ${label}, scaling: ${scaling.toFixed(2)} times, ${(scaling / own).toFixed(2)} of the bare kernel's; clipping and Adam after it: ${times.after.toFixed(1)} ms`,
    );
    if (!hasPeer) continue;
    const seconds = peerSeconds(tasksFile, order === 'second');
    const ratio = (1000 * seconds) / (times[2] + times.after);
    console.log(
      `  ${label}, PyTorch: ${seconds.toFixed(2)} s an iteration; the engine is ${ratio.toFixed(0)} times faster`,
    );
  }
  if (found.sweepSeconds !== undefined) {
    console.log(`  sweep of 20 cells over 346 episodes, 2 threads: ${found.sweepSeconds.toFixed(1)} s`);
    console.log(`  supervised epoch over 213,000 pairs, 2 threads: ${found.epochSeconds.toFixed(1)} s`);
  }
}

function peerSeconds(tasksFile, secondOrder) {
  const peer = spawnSync(python, [here('pytorch/time_iterations.py'), tasksFile, String(secondOrder)], {
    encoding: 'utf8',
  });
  if (peer.status !== 0) throw new Error(`the PyTorch side failed:\n${peer.stderr}`);
  const seconds = JSON.parse(peer.stdout).toSorted((one, other) => one - other);
  return seconds[seconds.length >> 1];
}
