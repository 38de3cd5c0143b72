// Measures one engine of kshot in a process of its own, and says what it finds as a JSON object a line, as
// `bench/pytorch/time_forms.py` does.
//
//   node engine-case.mjs CASE.json
//
// CASE.json: {"engine", "form"?: "fused" | "plain" (on WebGPU), "threads", "allowSoftware", "episodes": FILE, "tasks",
// "initial": SAFETENSORS, "gradient": SAFETENSORS, "settings", "repeats", "seconds"}
import { readFileSync, writeFileSync } from 'node:fs';
import { engines } from '../../dist/engines/registry.js';
import { initialAdamState } from '../../dist/learning/adam.js';
import { metaIteration } from '../../dist/learning/meta-train.js';
import { readModel, writeModel } from '../../dist/model/model-file.js';

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
const { shape, parameters } = readModel(readFileSync(options.initial), 'the initial parameters');
const hyper = {
  innerRates: settings.inner_lr,
  innerSteps: settings.inner_steps,
  lambdaResidual: settings.lambda_residual,
  secondOrder: settings.second_order,
};
const training = { hyper, outerRate: settings.outer_lr, clipNorm: settings.clip_norm };

const counter = options.form !== undefined ? await countDispatches() : undefined;
const engine = await createEngine({ shape, threads: options.threads });
say({ device: engine.device ?? 'cpu', threads: options.threads });

const began = performance.now();
const secondsGone = () => (performance.now() - began) / 1000;
const { loss, gradient } = await engine.metaGradient(
  parameters,
  drawn[0].map(({ task }) => task),
  hyper,
);
writeFileSync(options.gradient, writeModel({ shape, parameters: gradient }));
say({ loss, first_milliseconds: 1000 * secondsGone(), dispatches: counter?.stop() });

const warmUps = 2;
let state = initialAdamState(parameters);
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
await engine.close();

/** The engine, on WebGPU in the form that is asked for. */
async function createEngine(engineOptions) {
  if (options.form === undefined)
    return await (await engines[options.engine].load()).createEngine(engineOptions);
  const { openWebgpu } = await import('../../dist/engines/tfjs/webgpu/webgpu-device.js');
  const { createWebgpuEngine } = await import('../../dist/engines/tfjs/tfjs-webgpu-engine.js');
  const opened = await openWebgpu({ allowSoftware: options.allowSoftware });
  const opening = await createWebgpuEngine(opened, engineOptions, options.form);
  return {
    ...opening,
    async close() {
      await opening.close();
      await opened.close();
    },
  };
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
