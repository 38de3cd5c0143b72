// What `npm run bench` runs: the wasm engine on three workloads beside the bare kernel on the same machine, and then whole
// meta-iterations in turns with every form of the same in PyTorch, on the very same episodes, with as many threads.
//
//   npm run bench -- [--college-msg CollegeMsg.txt] [--movielens ml-100k.inter] [--iterations 30]
//                    [--python python3 --python .venv ...] [--rounds 5] [--no-pytorch]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kernelForm, nameOfForm } from '../dist/engines/wasm/kernel-form.js';
import { createEngine } from '../dist/engines/wasm/wasm-engine.js';
import { bareKernelRate } from './bare-kernel.mjs';
import { interpreterOf, median, ofEngine, ofPeer, peerText, takeTurns, writeBeginning } from './peer.mjs';
import { shippedSettings, shippedSizes as sizes } from './shipped-settings.mjs';
import { drawTasks, readers, tasksOf } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    'college-msg': { type: 'string' },
    movielens: { type: 'string' },
    iterations: { type: 'string', default: '30' },
    python: { type: 'string', multiple: true, default: ['/usr/bin/python3'] },
    rounds: { type: 'string', default: '5' },
    'no-pytorch': { type: 'boolean', default: false },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const pythons = options['no-pytorch']
  ? []
  : options.python
      .map(interpreterOf)
      .filter((python) => spawnSync(python, ['-c', 'import torch, numpy']).status === 0);
/** As a notebook has it; each distinct prefix once; some tasks at a time with weights of their own. */
const forms = [
  ["the notebook's loop", { form: 'notebook' }],
  ['loop, shared prefixes', { form: 'shared' }],
  ['8 tasks at a time', { form: 'batched', chunk: 8 }],
];
const warmUps = 1;
const folder = mkdtempSync(join(tmpdir(), 'kshot-bench-'));

const [processor] = cpus();
console.log(
  `${processor?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${nameOfForm(await kernelForm())}`,
);

/** GFLOP/s by rows of a product and number of threads: of the faster of A B and A B^T, so that a floor flatters nothing. */
const rates = {};
for (const rows of [1, 4]) {
  rates[rows] = { 1: 0, 2: 0 };
  for (const [product, name] of [
    ['productNN', 'A B'],
    ['productNT', 'A B^T'],
  ]) {
    const [one, two] = [await bareKernelRate(product, rows, 1), await bareKernelRate(product, rows, 2)];
    for (const [threads, rate] of [one, two].entries()) {
      rates[rows][threads + 1] = Math.max(rates[rows][threads + 1], rate);
    }
    console.log(
      `bare kernel, ${name} with ${rows} row${rows > 1 ? 's' : ''}: ${one.toFixed(1)} GFLOP/s at 1 thread, ${two.toFixed(1)} at 2 (${(two / one).toFixed(2)} times)`,
    );
  }
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
  const text = execFileSync(process.execPath, [here('engine-workload.mjs'), name, file, options.iterations], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
  }
  if (found.sweepSeconds !== undefined) {
    console.log(`  sweep of 20 cells over 346 episodes, 2 threads: ${found.sweepSeconds.toFixed(1)} s`);
    console.log(`  supervised epoch over 213,000 pairs, 2 threads: ${found.epochSeconds.toFixed(1)} s`);
  }
  if (pythons.length > 0) await besidePyTorch(name, file);
}

/**
 * Meta-iterations of the engine in turns with the forms of one PyTorch after the other, clipping and Adam included.
 * Several PyTorchs at once would keep each other's threads awake.
 */
async function besidePyTorch(name, file) {
  const data = readers[name](file);
  const shape = { items: data.items, embedding: sizes.embedding, hidden: sizes.hidden };
  const draws = drawTasks(tasksOf(data, sizes.k, sizes.q), warmUps + Number(options.rounds));
  const { start, files } = writeBeginning(folder, shape, draws);
  for (const python of pythons) {
    for (const secondOrder of [true, false]) {
      const settings = { ...shippedSettings, second_order: secondOrder };
      const engine = await createEngine({ shape, threads: 2 });
      const peers = await peersOf(python, { threads: 2, settings, ...files });
      const cases = [ofEngine('engine wasm', engine, start, draws, settings), ...peers];
      const order = `${secondOrder ? 'second' : 'first'} order`;
      console.log(`  ${order}, whole iterations in turns, 2 threads; ${peerText(peers[0].facts)}`);
      report(cases, await takeTurns(cases, draws.length, warmUps));
      for (const { close } of cases) await close();
    }
  }
}

/** Every form in one process and in two, each of which has half the threads. */
async function peersOf(python, options) {
  const peers = [];
  for (const [text, form] of forms) {
    for (const processes of [1, 2]) {
      const label = processes === 1 ? text : `${text}, in two processes`;
      peers.push(await ofPeer(label, python, { ...form, processes, ...options }, folder));
    }
  }
  return peers;
}

function report(cases, took) {
  const own = median(took[0]);
  for (const [place, { name }] of cases.entries()) {
    const milliseconds = median(took[place]);
    const times = place === 0 ? '' : `, ${(milliseconds / own).toFixed(1)} times the engine's`;
    console.log(
      `    ${name.padEnd(46)} ${milliseconds.toFixed(1).padStart(8)} ms (best ${Math.min(...took[place]).toFixed(1)})${times}`,
    );
  }
  const strongest = Math.min(...took.slice(1).map(median));
  console.log(`    the strongest of them takes ${(strongest / own).toFixed(1)} times as long`);
}
