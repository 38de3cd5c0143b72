// Measures the wasm engine at one size and prints the figures as JSON; a process of its own for each, so that its peak
// memory is its own.
//
//   node bench/growth-point.mjs '{"items": 343, "tasks": 32, "prefix": 50}'
import { availableParallelism } from 'node:os';
import { randomStream } from '../dist/base/random.js';
import { createEngine } from '../dist/engines/wasm/wasm-engine.js';
import { initialParameters } from '../dist/model/gru/initial-parameters.js';
import { shippedSettings as settings } from './shipped-settings.mjs';
import { pairSet } from './workloads.mjs';

const {
  items,
  tasks: count,
  prefix,
  seconds = 4,
  threads = availableParallelism(),
} = JSON.parse(process.argv[2]);
const [support, query] = [5, 10];
const shape = { items, embedding: 64, hidden: 128 };
const random = randomStream(1, 'growth', 0);

/** The last pairs of one session whose longest prefix has so many items: a chain as deep as that. */
function task() {
  const session = Array.from({ length: prefix + 1 }, () => random.integer(items));
  const pairs = Array.from({ length: support + query }, (_, index) => {
    const end = Math.max(1, prefix - support - query + 1 + index);
    return { prefix: session.slice(0, end), label: session[end] };
  });
  return { support: pairSet(pairs.slice(0, support)), query: pairSet(pairs.slice(support)) };
}

const tasks = Array.from({ length: count }, task);
const parameters = Float32Array.from(initialParameters(shape, 1));
const hyper = {
  innerRates: settings.inner_lr,
  innerSteps: settings.inner_steps,
  lambdaResidual: settings.lambda_residual,
};

/** The best of several calls, in milliseconds a task; the first, which makes room, does not count. */
async function best(call) {
  let least = Number.POSITIVE_INFINITY;
  const until = performance.now() + 1000 * seconds;
  for (let run = 0; run < 2 || (run < 30 && performance.now() < until); run++) {
    const began = performance.now();
    await call();
    if (run > 0) least = Math.min(least, performance.now() - began);
  }
  return least / count;
}

const engine = await createEngine({ shape, threads });
const second = await best(() => engine.metaGradient(parameters, tasks, { ...hyper, secondOrder: true }));
const first = await best(() => engine.metaGradient(parameters, tasks, { ...hyper, secondOrder: false }));
const rank = await best(() => engine.adaptAndRank(parameters, tasks, { innerRates: 0.05, steps: [5] }));
await engine.close();
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ second, first, rank, megabytes, parameters: parameters.length }));
