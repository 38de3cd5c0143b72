// Counts what a meta-iteration asks of a GPU, in programs of our own (fused) and in the library's operations (plain):
// programs started, submissions, readings and what they move. On `cpu` there are operations alone, which is what
// TensorFlow would be called for. Counts do not depend on the machine, and hardly on the
// sizes of the model, so a software adapter will do with a small one.
//
//   npm run bench:dispatches -- [--college-msg CollegeMsg.txt] [--movielens ml-100k.inter] [--tasks 32]
//     [--form fused|plain|cpu] [--embedding 8 --hidden 16]
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { globals } from 'webgpu';
import { randomStream } from '../dist/base/random.js';
import { createEngine as createCpuEngine } from '../dist/engines/tfjs/tfjs-cpu-engine.js';
import { createWebgpuEngine } from '../dist/engines/tfjs/tfjs-webgpu-engine.js';
import { createPlainWebgpuEngine } from '../dist/engines/tfjs/tfjs-webgpu-plain-engine.js';
import { openWebgpu } from '../dist/engines/tfjs/webgpu/webgpu-device.js';
import { initialParameters } from '../dist/model/gru/initial-parameters.js';
import { buildPrefixForest } from '../dist/model/gru/prefix-forest.js';
import { shippedSettings, shippedSizes } from './shipped-settings.mjs';
import { collegeMsgWorkload, movieLensWorkload, syntheticWorkload, tasksOf } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    'college-msg': { type: 'string' },
    movielens: { type: 'string' },
    tasks: { type: 'string', default: '32' },
    iterations: { type: 'string', default: '3' },
    form: { type: 'string', multiple: true, default: ['fused', 'plain'] },
    embedding: { type: 'string', default: String(shippedSizes.embedding) },
    hidden: { type: 'string', default: String(shippedSizes.hidden) },
  },
});
const workloads = [
  syntheticWorkload(),
  ...(options['college-msg'] === undefined ? [] : [collegeMsgWorkload(options['college-msg'])]),
  ...(options.movielens === undefined ? [] : [movieLensWorkload(options.movielens)]),
];
const hyper = {
  innerRates: shippedSettings.inner_lr,
  innerSteps: shippedSettings.inner_steps,
  lambdaResidual: shippedSettings.lambda_residual,
  secondOrder: shippedSettings.second_order,
};

const counts = countCalls();
const opened = await openWebgpu({ allowSoftware: true });
console.log(`${opened.name}; ${options.tasks} tasks, ${hyper.innerSteps} inner steps`);
for (const data of workloads) {
  const shape = {
    items: data.items,
    embedding: Number(options.embedding),
    hidden: Number(options.hidden),
  };
  const tasks = tasksOf(data, shippedSizes.k, shippedSizes.q);
  const theta = Float32Array.from(initialParameters(shape, 1));
  console.log(`\n${data.name}: ${data.items} items`);
  for (let iteration = 0; iteration < Number(options.iterations); iteration++) {
    const drawn = randomStream(1, 'bench tasks', iteration)
      .sampleWithoutReplacement(tasks.length, Number(options.tasks))
      .map((index) => tasks[index]);
    const deepest = (set) =>
      Math.max(...drawn.map((task) => buildPrefixForest(task[set]).levelOffsets.length - 1));
    console.log(`  levels of the support sets ${deepest('support')}, of the query sets ${deepest('query')}`);
    for (const form of options.form) {
      const engine =
        form === 'cpu'
          ? await createCpuEngine({ shape, threads: 1 })
          : await (form === 'plain' ? createPlainWebgpuEngine : createWebgpuEngine)(opened, {
              shape,
              threads: 1,
            });
      // What is uploaded and compiled once is not an iteration's.
      await engine.metaGradient(theta, drawn, hyper);
      const next = theta.map((value) => value * 1.0001);
      counts.clear();
      const began = performance.now();
      await engine.metaGradient(next, drawn, hyper);
      const milliseconds = performance.now() - began;
      const { operations, dispatches, submits, readings, bytesRead, writes, bytesWritten } = counts.all();
      await engine.close();
      const parts = [
        ...(operations === 0 ? [] : [`${operations} operations`]),
        ...(dispatches === 0
          ? []
          : [
              `${dispatches} dispatches in ${submits} submissions`,
              `${readings} reading of ${(bytesRead / 1e6).toFixed(2)} MB`,
              `${writes} writes of ${(bytesWritten / 1e6).toFixed(2)} MB`,
            ]),
        ...(opened.software || form === 'cpu' ? [] : [`${milliseconds.toFixed(1)} ms`]),
      ];
      console.log(`    ${form}: ${parts.join('; ')}`);
    }
  }
}
await opened.close();

/** Counts what goes through the classes of Dawn and through the library. */
function countCalls() {
  const found = {};
  const clear = () => {
    Object.assign(found, {
      operations: 0,
      dispatches: 0,
      submits: 0,
      readings: 0,
      bytesRead: 0,
      writes: 0,
      bytesWritten: 0,
    });
  };
  clear();
  const watch = (prototype, name, count) => {
    const original = prototype[name];
    prototype[name] = function (...given) {
      count(this, given);
      return original.apply(this, given);
    };
  };
  watch(tf.engine(), 'runKernelFunc', (_, [{ kernelName }]) => {
    // A new shape for the same numbers is nobody's work.
    if (kernelName !== 'Reshape' && kernelName !== 'Identity') found.operations++;
  });
  watch(globals.GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => {
    found.dispatches++;
  });
  watch(globals.GPUQueue.prototype, 'submit', () => {
    found.submits++;
  });
  watch(globals.GPUBuffer.prototype, 'mapAsync', (buffer, [, , size]) => {
    found.readings++;
    found.bytesRead += size ?? buffer.size;
  });
  watch(globals.GPUQueue.prototype, 'writeBuffer', (_, [, , data, , size]) => {
    found.writes++;
    found.bytesWritten += size ?? data.byteLength;
  });
  return { clear, all: () => found };
}
