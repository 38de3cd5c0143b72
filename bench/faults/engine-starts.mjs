// Starts the wasm engine again and again, and has its memory grow at a random moment while its threads start and at
// every call after that, on small shapes and busy cores. Counts the starts whose calls fail, or give other bits than
// the first start gave; ends with 1 where there are any.
//
//   node bench/faults/engine-starts.mjs [--starts 300] [--threads 4] [--busy 2] [--baggage 50000] [--seed 1]
import { spawn } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import workerThreads from 'node:worker_threads';
import { randomStream } from '../../dist/base/random.js';
import { createEngine } from '../../dist/engines/wasm/wasm-engine.js';
import { initialParameters } from '../../dist/model/gru/initial-parameters.js';

const { values: options } = parseArgs({
  options: {
    starts: { type: 'string', default: '300' },
    /** More than there are cores: some threads start late. */
    threads: { type: 'string', default: '4' },
    /** Processes that do nothing but keep a core busy. */
    busy: { type: 'string', default: '2' },
    /** Objects that each thread receives before the memory: they make the moment longer in which growth is missed. */
    baggage: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
  },
});
const [starts, threads, busy, baggage, seed] = ['starts', 'threads', 'busy', 'baggage', 'seed'].map((name) =>
  Number(options[name]),
);
const carried = Array.from({ length: baggage }, (_, index) => ({ index }));
workerThreads.Worker = class extends workerThreads.Worker {
  constructor(file, { workerData, ...more }) {
    super(file, { ...more, workerData: { carried, ...workerData } });
  }
};
syncBuiltinESMExports();
/** From the moment that one of the threads runs, when others are about to. */
const longestPauseMilliseconds = 20;

const shape = { items: 40, embedding: 8, hidden: 8 };
const parameters = Float32Array.from(initialParameters(shape, 1));
/** Work for every thread; each batch needs more memory than the one before. */
const batches = [1, 2, 4].map((times) => pairsOf(32 * threads * times, 8));

const others = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);']));
process.on('exit', () => {
  for (const other of others) other.kill();
});

const began = performance.now();
const draw = randomStream(seed, 'engine starts', 0);
const found = new Map();
let expected;
for (let start = 0; start < starts; start++) {
  const outcome = await startOnce(draw.integer(threads), draw.float64() * longestPauseMilliseconds);
  if (outcome !== undefined) found.set(outcome, (found.get(outcome) ?? 0) + 1);
}
const bad = [...found.values()].reduce((sum, count) => sum + count, 0);
const seconds = (performance.now() - began) / 1000;
console.log(
  `${bad} of ${starts} starts of ${threads} threads went wrong, beside ${busy} busy processes, in ${seconds.toFixed(0)} s`,
);
for (const [outcome, count] of found) console.log(`  ${count} times: ${outcome}`);
process.exit(bad === 0 ? 0 : 1);

/** What went wrong, where something did; the first call comes so long after `thread` of the threads run. */
async function startOnce(thread, milliseconds) {
  const notes = [];
  const running = threadsRunning(thread);
  const engine = await createEngine({ shape, threads, log: (line) => notes.push(line) });
  try {
    await running;
    await pause(milliseconds);
    const results = [];
    for (const batch of batches) results.push(await engine.lossGradient(parameters, batch));
    const bits = JSON.stringify(results.map(({ loss, gradient }) => [loss, ...gradient]));
    expected ??= bits;
    if (bits !== expected) return 'other bits';
    return notes[0];
  } catch (error) {
    return String(error.failure?.cause ?? error);
  } finally {
    await engine.close();
  }
}

/** When `count` of the threads that start from now on run. */
function threadsRunning(count) {
  if (count === 0) return Promise.resolve();
  return new Promise((resolve) => {
    // Threads that start need not keep this process alive.
    const alive = setInterval(() => {}, 1000);
    let left = count;
    const watch = (worker) =>
      worker.once('online', () => {
        left--;
        if (left > 0) return;
        clearInterval(alive);
        process.off('worker', watch);
        resolve();
      });
    process.on('worker', watch);
  });
}

function pairsOf(count, length) {
  return {
    items: Int32Array.from({ length: count * length }, (_, i) => (i * 7 + (i >> 3)) % shape.items),
    offsets: Int32Array.from({ length: count + 1 }, (_, i) => i * length),
    labels: Int32Array.from({ length: count }, (_, i) => i % shape.items),
  };
}
