// What the engine tfjs:webgpu does in a meta-iteration on the embedded data: dispatches, submissions, memory, time, and
// by the device's timestamps, where it has them, the time of each program.
//
//   node bench/webgpu-programs.mjs [--tasks 32,256,1024] [--iterations 20] [--lanes 1|4] [--profile] [--allow-software]
//
// With --profile each program is timed in a pass of its own, which costs time: the milliseconds of a whole iteration are
// those without it.
//
// What to hold the figures against (reckoned, not measured), for an H100 with 32 tasks of the embedded data:
// - A step of a walk over a tree reads the recurrent matrix, 192 KiB, into one multiprocessor: 1.8 microseconds at the
//   64 bytes a cycle that the L2 cache gives it, half of that where the matrix stays in its L1. The longest chains have 18
//   levels (support) and 28 (query), so that the 24 walks of an iteration take 0.9 milliseconds, whatever the number of
//   tasks up to about seventy: 'forward', 'backward' and their tangents.
// - Some 70 passes over all tasks' weights (18 MB) move 1.3 GB: 0.4 milliseconds from memory, less from L2, which holds
//   them. At 1,024 tasks they are 40 GB and 12 milliseconds, and the largest part.
// - 96 dispatches that wait for one another: 0.3 to 0.5 milliseconds to start and to drain.
// - Uploads and the one read-back: 1.3 MB, 0.1 milliseconds; packing the batch: 1 millisecond of one core, 30 at 1,024.
// So about 3 milliseconds at 32 tasks and 50 at 1,024. A program far above its share is where to look.
import { parseArgs } from 'node:util';
import { randomStream } from '../dist/base/random.js';
import { createTfjsEngine } from '../dist/engines/tfjs/tfjs-engine.js';
import { createFusedPasses } from '../dist/engines/tfjs/webgpu/fused-passes.js';
import { openWebgpu } from '../dist/engines/tfjs/webgpu/webgpu-device.js';
import { initialParameters } from '../dist/model/gru/initial-parameters.js';
import { syntheticWorkload, tasksOf } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    tasks: { type: 'string', default: '32,256,1024' },
    iterations: { type: 'string', default: '20' },
    lanes: { type: 'string' },
    profile: { type: 'boolean', default: false },
    'allow-software': { type: 'boolean', default: false },
  },
});
const iterations = Number(options.iterations);
const hyper = { innerRates: 0.05, innerSteps: 5, lambdaResidual: 0.1, secondOrder: true };
const data = syntheticWorkload();
const shape = { items: data.items, embedding: 64, hidden: 128 };
const everyTask = tasksOf(data, 5, 10);
const parameters = Float32Array.from(initialParameters(shape, 1));

const opened = await openWebgpu({
  allowSoftware: options['allow-software'],
  exactTimestamps: options.profile,
});
console.log(opened.name);
let passes;
const engine = createTfjsEngine(
  {
    name: 'webgpu',
    limits: { memoryBytes: 2 ** 32, bufferBytes: 0.8 * opened.device.limits.maxStorageBufferBindingSize },
    createPasses(own) {
      passes = createFusedPasses(opened, own, {
        profile: options.profile,
        ...(options.lanes === undefined ? {} : { lanes: Number(options.lanes) }),
      });
      return passes;
    },
  },
  { shape, threads: 1 },
);
for (const count of options.tasks.split(',').map(Number)) {
  const draws = Array.from({ length: 4 }, (_, i) => draw(count, i));
  // Compiles the programs, and fills the pool.
  for (const tasks of draws) await engine.metaGradient(parameters, tasks, hyper);
  passes.queue.resetCounters();
  const times = [];
  for (let i = 0; i < iterations; i++) {
    const began = performance.now();
    await engine.metaGradient(parameters, draws[i % draws.length], hyper);
    times.push(performance.now() - began);
  }
  times.sort((one, other) => one - other);
  const { dispatches, submits, bytesAllocated, programs } = passes.queue.counters;
  console.log(
    `\n${count} tasks: ${times[times.length >> 1].toFixed(2)} ms a meta-gradient (best ${times[0].toFixed(2)}), ` +
      `${dispatches / iterations} dispatches in ${submits / iterations} submissions, ${(bytesAllocated / 1e6).toFixed(0)} MB`,
  );
  const total = [...programs.values()].reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  for (const [name, counted] of [...programs].toSorted(([, a], [, b]) => b.nanoseconds - a.nanoseconds)) {
    const each = (counted.dispatches / iterations).toString().padStart(6);
    const time =
      total === 0
        ? ''
        : `${(counted.nanoseconds / counted.dispatches / 1000).toFixed(1).padStart(10)} µs each ` +
          `${((100 * counted.nanoseconds) / total).toFixed(0).padStart(4)} %`;
    console.log(`  ${name.padEnd(18)} ${each} dispatches ${time}`);
  }
  if (total > 0)
    console.log(`  on the device in all: ${(total / iterations / 1e6).toFixed(2)} ms an iteration`);
}
await engine.close();
await opened.close();

/** `count` tasks, over again where there are not as many. */
function draw(count, iteration) {
  const random = randomStream(1, 'bench tasks', iteration);
  const order = random.sampleWithoutReplacement(everyTask.length, Math.min(count, everyTask.length));
  return Array.from({ length: count }, (_, i) => everyTask[order[i % order.length]]);
}
