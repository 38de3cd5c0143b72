// Measures one engine of kshot in a process of its own, and says what it finds as a JSON object a line, as
// `bench/pytorch/time_forms.py` does.
//
//   node engine-case.mjs CASE.json
//
// CASE.json: {"engine", "form"?: "fused" | "plain" (on WebGPU), "threads", "allowSoftware", "episodes": FILE, "tasks",
// "tasksChecked": tasks on which every call is held to the reference engine, "initial": SAFETENSORS,
// "gradient": SAFETENSORS, "settings", "repeats", "seconds"}
import { readFileSync, writeFileSync } from 'node:fs';
import { engines } from '../../dist/engines/registry.js';
import { adam } from '../../dist/learning/adam.js';
import { metaIteration } from '../../dist/learning/meta-train.js';
import { readModel, writeModel } from '../../dist/model/model-file.js';
import { holdToReference } from './hold-to-reference.mjs';

const options = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { settings } = options;
const say = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);

const { draws } = JSON.parse(readFileSync(options.episodes, 'utf8'));
const drawn = draws.map((tasks) =>
  tasks.slice(0, options.tasks).map(({ support, query }, user) => ({
    userId: String(user),
    task: { support: pairSet(support), query: pairSet(query) },
  })),
);
const { layout, parameters } = readModel(readFileSync(options.initial), 'the initial parameters');
const { shape } = layout;
const hyper = {
  innerRates: settings.inner_lr,
  innerSteps: settings.inner_steps,
  lambdaResidual: settings.lambda_residual,
  secondOrder: settings.second_order,
};
const training = { hyper, optimizer: adam(settings.outer_lr), clipNorm: settings.clip_norm };

/** The WebGPU device, where the engine computes on one. */
let opened;
const counter = options.form !== undefined ? await countDispatches() : undefined;
const engine = await createEngine({ shape, threads: options.threads });
say({ device: engine.device ?? 'cpu', threads: options.threads });

const began = performance.now();
const { loss, gradient } = await engine.metaGradient(
  parameters,
  drawn[0].map(({ task }) => task),
  hyper,
);
writeFileSync(options.gradient, writeModel({ layout, parameters: gradient }));
say({ loss, first_milliseconds: performance.now() - began, dispatches: counter?.stop() });

const warmUps = 2;
const measuring = performance.now();
const secondsGone = () => (performance.now() - measuring) / 1000;
let state = training.optimizer.init(parameters);
for (let iteration = 0, taken = 0; taken < options.repeats; iteration++) {
  // Where an iteration takes seconds, what it has to warm up for counts for little.
  const isWarm = iteration >= warmUps || secondsGone() > options.seconds / 2;
  const start = performance.now();
  ({ state } = await metaIteration(engine, state, drawn[iteration % drawn.length], training));
  const milliseconds = performance.now() - start;
  if (!isWarm) continue;
  say({ milliseconds });
  taken++;
  if (secondsGone() > options.seconds) break;
}
// Last, so that a measurement is not lost where time runs out.
if (options.tasksChecked > 0) {
  const checked = drawn[0].slice(0, options.tasksChecked).map(({ task }) => task);
  say({ checks: await holdToReference(engine, shape, parameters, checked, hyper) });
}
await engine.close();
if (options.form === 'fused') say({ programs: await timesOfPrograms() });
await opened?.close();

/** The engine, on WebGPU in the form that is asked for. */
async function createEngine(engineOptions) {
  if (options.form === undefined) {
    const { createEngine: create } = await engines[options.engine].load();
    return await create({ ...engineOptions, allowSoftware: options.allowSoftware });
  }
  const { openWebgpu } = await import('../../dist/engines/tfjs/webgpu/webgpu-device.js');
  const { createWebgpuEngine } = await import('../../dist/engines/tfjs/tfjs-webgpu-engine.js');
  opened = await openWebgpu({ allowSoftware: options.allowSoftware, exactTimestamps: true });
  if (options.form !== 'plain') return await createWebgpuEngine(opened, engineOptions);
  const plain = await import('../../dist/engines/tfjs/tfjs-webgpu-plain-engine.js');
  return await plain.createPlainWebgpuEngine(opened, engineOptions);
}

/**
 * What each program takes on the device: `[{name, dispatches, milliseconds}, ...]` of one meta-gradient, the longest
 * first; none where the device has no timestamps. Each is in a pass of its own, so that together they take longer.
 */
async function timesOfPrograms() {
  if (!opened.device.features.has('timestamp-query')) return undefined;
  const { webgpuLimits } = await import('../../dist/engines/tfjs/webgpu/open-engine.js');
  const { createTfjsEngine } = await import('../../dist/engines/tfjs/tfjs-engine.js');
  const { createFusedPasses } = await import('../../dist/engines/tfjs/webgpu/fused-passes.js');
  let queue;
  const profiled = createTfjsEngine(
    {
      name: 'webgpu',
      limits: webgpuLimits(opened),
      createPasses(own) {
        const passes = createFusedPasses(opened, own, { profile: true });
        queue = passes.queue;
        return passes;
      },
    },
    { shape, threads: 1 },
  );
  const iterations = Math.min(options.repeats, 5);
  for (let i = -1; i < iterations; i++) {
    if (i === 0) queue.resetCounters();
    const tasks = drawn[Math.max(i, 0) % drawn.length].map(({ task }) => task);
    await profiled.metaGradient(parameters, tasks, hyper);
  }
  const programs = [...queue.counters.programs].map(([name, { dispatches, nanoseconds }]) => ({
    name,
    dispatches: dispatches / iterations,
    milliseconds: nanoseconds / 1e6 / iterations,
  }));
  await profiled.close();
  return programs.sort((one, other) => other.milliseconds - one.milliseconds);
}

/** Counts the programs that are started on the WebGPU device, until it is stopped. */
async function countDispatches() {
  const { globals } = await import('webgpu');
  const { prototype } = globals.GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  let count = 0;
  prototype.dispatchWorkgroups = function (...sizes) {
    count++;
    return dispatchWorkgroups.apply(this, sizes);
  };
  return {
    stop() {
      prototype.dispatchWorkgroups = dispatchWorkgroups;
      return count;
    },
  };
}

function pairSet(pairs) {
  const offsets = [0];
  for (const [prefix] of pairs) offsets.push(offsets.at(-1) + prefix.length);
  return {
    items: Int32Array.from(pairs.flatMap(([prefix]) => prefix)),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(pairs, ([, label]) => label),
  };
}
