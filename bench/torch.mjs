// What `npm run bench:torch` runs: a second-order meta-iteration on the CPU by the engine torch, as a step has it (frames
// to and from its Python included), beside loops over tasks in the same PyTorch and the engine wasm, on the same episodes;
// and a module of the user's beside a plain loop with create_graph. All take turns, so that what else the machine does
// falls on each of them.
//
//   npm run bench:torch -- [--python .venv] [--college-msg CollegeMsg.txt] [--rounds 9] [--threads 1,2]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomStream } from '../dist/base/random.js';
import { createEngine as createTorch } from '../dist/engines/torch/torch-engine.js';
import { createEngine as createWasm } from '../dist/engines/wasm/wasm-engine.js';
import { adam } from '../dist/learning/adam.js';
import { metaIteration } from '../dist/learning/meta-train.js';
import { gru } from '../dist/model/gru/gru.js';
import { initialParameters } from '../dist/model/gru/initial-parameters.js';
import { writeModel } from '../dist/model/model-file.js';
import { shippedSettings as settings, shippedSizes as sizes } from './shipped-settings.mjs';
import { collegeMsgWorkload, syntheticWorkload, tasksOf } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    'college-msg': { type: 'string' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '1,2' },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = interpreterOf(options.python);
const rounds = Number(options.rounds);
const warmUps = 2;
const metaBatch = 32;
const folder = mkdtempSync(join(tmpdir(), 'kshot-bench-torch-'));
// PyTorch's threads spin for 200 ms after their work: the next turn begins when they are asleep.
const untilAsleepMilliseconds = 300;
const moduleOf = (items) => ({
  items,
  folder: here('../examples/own-model'),
  file: 'models/attentive.py',
  className: 'Attentive',
  // Without, so that losses can be held to one another.
  options: { dropout: 0 },
  head: ['output.*'],
  seed: 1,
  secondOrder: true,
});

const [processor] = cpus();
console.log(`${processor?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
try {
  for (const data of [
    syntheticWorkload(),
    ...(options['college-msg'] === undefined ? [] : [collegeMsgWorkload(options['college-msg'])]),
  ]) {
    for (const threads of options.threads.split(',').map(Number)) await measure(data, threads);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(data, threads) {
  const shape = { items: data.items, embedding: sizes.embedding, hidden: sizes.hidden };
  const all = tasksOf(data, sizes.k, sizes.q);
  const draws = Array.from({ length: warmUps + rounds }, (_, i) =>
    randomStream(1, 'bench tasks', i)
      .sampleWithoutReplacement(all.length, metaBatch)
      .map((index) => all[index]),
  );
  const families = await familiesOf(data, shape, threads, draws);
  const cases = families.flatMap((family) => family.cases);
  const {
    torch: version,
    python: of,
    blas,
    capability,
    threads: used,
  } = cases.find(({ facts }) => facts).facts;
  console.log(
    `\n${data.name}: ${data.items} items, ${metaBatch} tasks, K = ${sizes.k}, Q = ${sizes.q}, second order, ${used} thread${used === 1 ? '' : 's'}; PyTorch ${version}, Python ${of}, ${blas}, ${capability}`,
  );
  const took = cases.map(() => []);
  for (const index of draws.keys()) {
    const losses = [];
    for (const [place, { iterate }] of cases.entries()) {
      const { milliseconds, loss } = await iterate(index);
      losses.push(loss);
      if (index >= warmUps) took[place].push(milliseconds);
    }
    let from = 0;
    for (const family of families) {
      holdLosses(family, losses.slice(from, from + family.cases.length), index);
      from += family.cases.length;
    }
  }
  for (const family of families) report(family, (one) => took[cases.indexOf(one)]);
  for (const { close } of cases) await close();
}

/** Prints the median of each case of a family. */
function report({ name, cases }, timesOf) {
  console.log(`  ${name}`);
  const [first] = cases;
  const own = median(timesOf(first));
  for (const one of cases) {
    const times = timesOf(one);
    const milliseconds = median(times);
    const beside = one === first ? '' : `, ${(milliseconds / own).toFixed(2)} times the engine torch`;
    console.log(
      `    ${one.name.padEnd(28)} ${milliseconds.toFixed(1).padStart(8)} ms (best ${Math.min(...times).toFixed(1)})${beside}`,
    );
  }
}

/** What is measured: each model's cases, the engine torch first. */
async function familiesOf(data, shape, threads, draws) {
  const drawsFile = join(folder, 'draws.json');
  writeFileSync(drawsFile, JSON.stringify({ draws: draws.map((tasks) => tasks.map(listedTask)) }));
  const start = Float32Array.from(initialParameters(shape, 1));
  const initial = join(folder, 'initial.safetensors');
  writeFileSync(initial, writeModel({ layout: gru.layout(shape), parameters: start }));
  const peer = { threads, draws: drawsFile, settings };
  const module = moduleOf(data.items);
  const { folder: at, file, className, options: given, seed } = module;
  const torch = { threads, allowSoftware: true, python };

  return [
    {
      name: 'the built-in GRU',
      cases: [
        ofEngine('engine torch', await createTorch({ shape, ...torch }), start, draws),
        await ofPeer("the notebook's loop", { ...peer, form: 'notebook', initial }),
        await ofPeer('loop, shared prefixes', { ...peer, form: 'shared', initial }),
        ofEngine('engine wasm', await createWasm({ shape, threads }), start, draws),
      ],
    },
    {
      name: `${file}:${className}`,
      cases: [
        ofModule('engine torch', await createTorch({ shape: module, ...torch }), draws),
        await ofPeer('a plain loop, create_graph', {
          ...peer,
          form: 'module',
          items: data.items,
          file: join(at, file),
          class: className,
          options: given,
          seed,
        }),
      ],
    },
  ];
}

/** An engine, trained on as `maml.train` does. */
function ofEngine(name, engine, start, draws) {
  const training = {
    hyper: {
      innerRates: settings.inner_lr,
      innerSteps: settings.inner_steps,
      lambdaResidual: settings.lambda_residual,
      secondOrder: settings.second_order,
    },
    optimizer: adam(settings.outer_lr),
    clipNorm: settings.clip_norm,
    ...(engine.module === undefined ? {} : { seedOf: (iteration) => iteration }),
  };
  let state = training.optimizer.init(start);
  return {
    name,
    async iterate(index) {
      const drawn = draws[index].map((task, user) => ({ userId: String(user), task }));
      const began = performance.now();
      const { loss, state: next } = await metaIteration(engine, state, drawn, training);
      state = next;
      return { milliseconds: performance.now() - began, loss };
    },
    close: () => engine.close(),
  };
}

function ofModule(name, engine, draws) {
  return ofEngine(name, engine, Float32Array.from(engine.module.initialParameters), draws);
}

/** A loop of `pytorch/take_turns.py`, which computes while it is waited for. */
async function ofPeer(name, options) {
  const caseFile = join(folder, `${options.form}.json`);
  writeFileSync(caseFile, JSON.stringify(options));
  const child = spawn(python, [here('pytorch/take_turns.py'), caseFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name}: ${python} ended`);
    return JSON.parse(value);
  };
  return {
    name,
    facts: await next(),
    async iterate(index) {
      child.stdin.write(`${index}\n`);
      const turn = await next();
      await pause(untilAsleepMilliseconds);
      return turn;
    },
    async close() {
      child.stdin.end();
      await new Promise((ended) => child.once('close', ended));
    },
  };
}

/** All begin with the same weights and see the same tasks, so rounding is all that tells their losses apart. */
function holdLosses({ name, cases }, losses, index) {
  for (const [place, loss] of losses.entries()) {
    if (Math.abs(loss / losses[0] - 1) < 1e-3) continue;
    throw new Error(
      `${name}, iteration ${index}: the loss is ${losses[0]} by ${cases[0].name}, ${loss} by ${cases[place].name}`,
    );
  }
}

function listedTask({ support, query }) {
  const listed = ({ items, offsets, labels }) =>
    Array.from(labels, (label, i) => [[...items.subarray(offsets[i], offsets[i + 1])], label]);
  return { support: listed(support), query: listed(query) };
}

/** An interpreter, or the folder of its environment. */
function interpreterOf(given) {
  if (!given.includes('/') && !statSync(given, { throwIfNoEntry: false })?.isDirectory()) return given;
  const path = resolve(given);
  return statSync(path).isDirectory() ? join(path, 'bin/python3') : path;
}

function median(times) {
  const sorted = times.toSorted((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
