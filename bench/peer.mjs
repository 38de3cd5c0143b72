// What takes turns in a benchmark: engines as training has them, and PyTorch's forms in processes of their own.
import { spawn } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { adam } from '../dist/learning/adam.js';
import { metaIteration } from '../dist/learning/meta-train.js';
import { gru } from '../dist/model/gru/gru.js';
import { initialParameters } from '../dist/model/gru/initial-parameters.js';
import { writeModel } from '../dist/model/model-file.js';

// PyTorch's threads spin for 200 ms after their work: the next turn begins when they are asleep.
const untilAsleepMilliseconds = 300;
const script = fileURLToPath(new URL('pytorch/take_turns.py', import.meta.url));

/** An engine, trained on as `maml.train` does, from the parameters `start`. */
export function ofEngine(name, engine, start, draws, settings) {
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

/**
 * A form of `pytorch/take_turns.py`, which computes while it is waited for.
 *
 * @param options its case
 * @param folder where the case's file goes
 */
export async function ofPeer(name, python, options, folder) {
  const caseFile = join(folder, `${options.form}-${options.processes ?? 1}-${options.threads}.json`);
  writeFileSync(caseFile, JSON.stringify(options));
  // What names a kernel for another processor would slow the peer down.
  const { OPENBLAS_CORETYPE: _, ...env } = process.env;
  const child = spawn(python, [script, caseFile], { stdio: ['pipe', 'pipe', 'inherit'], env });
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

/** `PyTorch 2.15, Python 3.11, MKL 2024.2, AVX512`. */
export function peerText({ torch, python, blas, capability }) {
  return `PyTorch ${torch}, Python ${python}, ${blas}, ${capability}`;
}

/**
 * Lets cases take turns at each draw, so that what else the machine does falls on each of them. All begin with the same
 * weights and see the same tasks, so rounding is all that tells their losses apart; more is an error.
 *
 * @returns milliseconds of each case's turns after those that warm up
 */
export async function takeTurns(cases, draws, warmUps) {
  const took = cases.map(() => []);
  for (let index = 0; index < draws; index++) {
    const losses = [];
    for (const [place, { iterate }] of cases.entries()) {
      const { milliseconds, loss } = await iterate(index);
      losses.push(loss);
      if (index >= warmUps) took[place].push(milliseconds);
    }
    for (const [place, loss] of losses.entries()) {
      if (Math.abs(loss / losses[0] - 1) < 1e-3) continue;
      throw new Error(
        `iteration ${index}: the loss is ${losses[0]} by ${cases[0].name}, ${loss} by ${cases[place].name}`,
      );
    }
  }
  return took;
}

/** Writes what an engine and its peers begin with: the tasks of each turn, and the built-in GRU's parameters, `start`. */
export function writeBeginning(folder, shape, draws) {
  const start = Float32Array.from(initialParameters(shape, 1));
  const files = { initial: join(folder, 'initial.safetensors'), draws: join(folder, 'draws.json') };
  writeFileSync(files.initial, writeModel({ layout: gru.layout(shape), parameters: start }));
  writeFileSync(files.draws, JSON.stringify({ draws: draws.map((tasks) => tasks.map(listedTask)) }));
  return { start, files };
}

/** A task as the scripts read it. */
function listedTask({ support, query }) {
  const listed = ({ items, offsets, labels }) =>
    Array.from(labels, (label, i) => [[...items.subarray(offsets[i], offsets[i + 1])], label]);
  return { support: listed(support), query: listed(query) };
}

/** An interpreter, or the folder of its environment. */
export function interpreterOf(given) {
  if (!given.includes('/') && !statSync(given, { throwIfNoEntry: false })?.isDirectory()) return given;
  const path = resolve(given);
  return statSync(path).isDirectory() ? join(path, 'bin/python3') : path;
}

export function median(times) {
  const sorted = times.toSorted((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
