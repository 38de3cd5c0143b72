// Measures the wasm engine on one workload and prints the figures as JSON; a process of its own for each workload, so
// that its peak memory is its own.
//
//   node bench/engine-workload.mjs NAME FILE ITERATIONS
import { randomStream } from '../dist/base/random.js';
import { planTask, stackQueries } from '../dist/engines/wasm/planned-task.js';
import { createEngine } from '../dist/engines/wasm/wasm-engine.js';
import { adam } from '../dist/learning/adam.js';
import { clipGradient } from '../dist/learning/clip-gradient.js';
import { initialParameters } from '../dist/model/gru/initial-parameters.js';
import { median } from './peer.mjs';
import { shippedSettings as settings } from './shipped-settings.mjs';
import { allPairs, drawTasks, pairSet, readers, tasksOf } from './workloads.mjs';

const [name, file, iterationsText] = process.argv.slice(2);
const iterations = Number(iterationsText);
const warmUps = 10;

const data = readers[name](file);
const shape = { items: data.items, embedding: 64, hidden: 128 };
const tasks = tasksOf(data, 5, 10);
const initial = Float32Array.from(initialParameters(shape, 1));
const drawn = drawTasks(tasks, iterations + warmUps);

const result = { name: data.name, items: data.items, tasks: tasks.length };
// The engines take turns, so that whatever else the machine does falls on both.
const engines = [await createEngine({ shape, threads: 1 }), await createEngine({ shape, threads: 2 })];
result.times = { second: await iterationTimes(true), first: await iterationTimes(false) };
for (const engine of engines) await engine.close();
const measured = drawn.slice(warmUps).map((list) => list.map(planTask));
result.second = meanFlop(measured, true);
result.first = meanFlop(measured, false);
result.peakMegabytes = process.resourceUsage().maxRSS / 1024;
if (name === 'synthetic') {
  result.sweepSeconds = await sweepSeconds();
  result.epochSeconds = await epochSeconds();
}
process.stdout.write(JSON.stringify(result));

/** Median (and best) milliseconds of a meta-gradient at 1 and at 2 threads, and of what follows it: clipping and Adam. */
async function iterationTimes(secondOrder) {
  const hyper = {
    innerRates: settings.inner_lr,
    innerSteps: settings.inner_steps,
    lambdaResidual: settings.lambda_residual,
    secondOrder,
  };
  const times = engines.map(() => []);
  const after = [];
  const optimizer = adam(settings.outer_lr);
  let state = optimizer.init(initial);
  for (const list of drawn) {
    let gradient;
    for (const [index, engine] of engines.entries()) {
      const began = performance.now();
      ({ gradient } = await engine.metaGradient(state.parameters, list, hyper));
      times[index].push(performance.now() - began);
    }
    const began = performance.now();
    clipGradient(gradient, settings.clip_norm);
    state = optimizer.update(state, gradient, engines[1].adamStep);
    after.push(performance.now() - began);
  }
  const [one, two] = times.map((all) => all.slice(warmUps));
  return {
    1: median(one),
    2: median(two),
    best: { 1: Math.min(...one), 2: Math.min(...two) },
    after: median(after.slice(warmUps)),
  };
}

/** The sweep of 20 cells over 346 episodes: five inner rates by four sizes of the support set, ranks at four counts. */
async function sweepSeconds() {
  const engine = await createEngine({ shape, threads: 2 });
  const began = performance.now();
  for (const support of [1, 3, 5, 10]) {
    const episodes = tasksOf(data, support, 10).slice(0, 346);
    for (const innerRates of [0.005, 0.01, 0.02, 0.05, 0.1]) {
      await engine.adaptAndRank(initial, episodes, { innerRates, steps: [1, 3, 5, 10] });
    }
  }
  await engine.close();
  return (performance.now() - began) / 1000;
}

/** Supervised training over 213,000 pairs in batches of 256, Adam included. */
async function epochSeconds() {
  const engine = await createEngine({ shape, threads: 2 });
  const pairs = allPairs(data);
  const random = randomStream(1, 'bench batches', 0);
  const batches = Array.from({ length: Math.ceil(213_000 / 256) }, () =>
    pairSet(Array.from({ length: 256 }, () => pairs[random.integer(pairs.length)])),
  );
  const optimizer = adam(0.001);
  let state = optimizer.init(initial);
  const began = performance.now();
  for (const batch of batches) {
    const { gradient } = await engine.lossGradient(state.parameters, batch);
    state = optimizer.update(state, gradient, engine.adamStep);
  }
  await engine.close();
  return (performance.now() - began) / 1000;
}

/** Floating-point operations of a meta-iteration's products; `narrow` are those that go level by level. */
function meanFlop(batches, secondOrder) {
  let narrow = 0;
  let wide = 0;
  const [h, e, w] = [shape.hidden, shape.embedding, shape.items];
  const recurrent = 2 * 3 * h * h;
  const input = 2 * 3 * h * e;
  const output = 2 * w * h;
  const counts = ({ items, labels, forest, unique }) => ({
    inner: items.length - forest.levelOffsets[1],
    unique,
    pairs: labels.length,
  });
  const lowRank = (pairs, rank) => 2 * pairs * rank * (w + h);
  /** Forward and backward at a rank of fc.weight's change. */
  const evaluate = ({ inner, unique, pairs }, rank) => {
    narrow += 2 * inner * recurrent;
    wide += unique * input + 2 * pairs * output + 2 * lowRank(pairs, rank);
  };
  const gradient = ({ inner, unique }) => {
    wide += inner * recurrent + 2 * unique * input;
  };
  for (const batch of batches) {
    for (const { support, query } of batch) {
      const [s, q] = [counts(support), counts(query)];
      const steps = settings.inner_steps;
      for (let step = 0; step < steps; step++) {
        evaluate(s, step * s.pairs);
        gradient(s);
        if (!secondOrder) continue;
        const direction = q.pairs + 2 * (steps - 1 - step) * s.pairs;
        narrow += 2 * s.inner * recurrent;
        wide += 2 * s.inner * recurrent + 2 * s.unique * input + 2 * s.pairs * output;
        wide += 2 * lowRank(s.pairs, step * s.pairs) + 2 * lowRank(s.pairs, direction);
        wide += 2 * s.inner * recurrent + 4 * s.unique * input;
      }
      evaluate(q, steps * s.pairs);
      gradient(q);
      wide += (q.pairs + (secondOrder ? 2 * steps * s.pairs : 0)) * output;
    }
    for (let from = 0; from < batch.length; from += 8) {
      const stacked = counts(stackQueries(batch.slice(from, from + 8)).pairs);
      // Stacked levels are wide.
      wide += 2 * stacked.inner * recurrent + stacked.unique * input + 3 * stacked.pairs * output;
      gradient(stacked);
    }
  }
  return { narrow: narrow / batches.length, wide: wide / batches.length };
}
