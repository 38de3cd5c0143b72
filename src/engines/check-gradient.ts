import type { PairSet } from '../data/pair-set.js';
import { initialParameters } from '../model/gru/initial-parameters.js';
import type { Engine, EngineOptions } from './engine.js';
import { createEngine as createReference } from './reference/reference-engine.js';
import { relativeError } from './relative-error.js';

/** Wide enough that programs are compiled for it, as they are for real models. */
const shape = { items: 40, embedding: 16, hidden: 32 };
const hyper = { innerRates: 0.1, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };
const tasks = [
  { support: walk([3, 17, 5, 39, 0]), query: walk([17, 5, 8]) },
  { support: walk([21, 3, 3]), query: walk([0, 12, 33, 7, 12, 1]) },
];
/** Rounding to float32 costs some 1e-6; no device that computes what it was asked to is off by more than this. */
const largestError = 1e-3;

/** What can be done where there is such a fault. */
export const faultRemedy = 'update the driver, or compute with --engine wasm';

/**
 * What is wrong with the gradient that an engine computes on a device, one clause; undefined where it is the reference
 * engine's. Drivers differ in what they make of a program, and a wrong one says nothing.
 */
export async function gradientFault(
  createEngine: (options: EngineOptions) => Promise<Engine>,
): Promise<string | undefined> {
  const error = relativeError(await gradientOf(createEngine), await gradientOf(createReference));
  if (error < largestError) return undefined;
  return `a gradient that it computed is wrong: its relative error is ${error.toPrecision(2)}`;
}

async function gradientOf(createEngine: (options: EngineOptions) => Promise<Engine>) {
  const engine = await createEngine({ shape, threads: 1 });
  try {
    const initial = initialParameters(shape, 1);
    const parameters = engine.precision === 'float64' ? initial : Float32Array.from(initial);
    return (await engine.metaGradient(parameters, tasks, hyper)).gradient;
  } finally {
    await engine.close();
  }
}

/** The pairs of one session: each event but the first, after those before it. */
function walk(events: readonly number[]): PairSet {
  const prefixes = events.slice(1).map((_, index) => events.slice(0, index + 1));
  const offsets = [0];
  for (const { length } of prefixes) offsets.push((offsets.at(-1) ?? 0) + length);
  return {
    items: Int32Array.from(prefixes.flat()),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(events.slice(1)),
  };
}
