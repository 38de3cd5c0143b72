import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engines/reference/reference-engine.js';
import { adam } from '../../src/learning/adam.js';
import { metaIteration } from '../../src/learning/meta-train.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { arbitraryTask } from '../engines/arbitrary-tasks.js';

const shape = { items: 6, embedding: 3, hidden: 4 };
const drawn = fc
  .sample(arbitraryTask(shape.items), { numRuns: 4, seed: 1 })
  .map((task, i) => ({ userId: `u${i}`, task }));
const tasks = drawn.map(({ task }) => task);
const optimizer = adam(0.01);
const theta = initialParameters(shape, 2);
const count = theta.length;
const hyper = { innerRates: 0.3, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };

test('learned rates follow the parameters in the vector that one optimizer moves, under one clipping', async () => {
  const engine = await createEngine({ shape, threads: 1 });
  const rates = theta.map((_, i) => 0.1 + (i % 3) / 10);
  const start = Float64Array.from([...theta, ...rates]);
  const learning = { ...hyper, learnRates: true };
  const { gradient, rateGradient = [] } = await engine.metaGradient(theta, tasks, {
    ...learning,
    innerRates: rates,
  });
  const slope = Float64Array.from([...gradient, ...rateGradient]);
  const norm = Math.hypot(...slope);
  const clipNorm = norm / 2;
  const found = await metaIteration(engine, optimizer.init(start), drawn, {
    hyper: learning,
    optimizer,
    clipNorm,
  });
  expect(found.gradientNorm).toBeCloseTo(norm, 12);
  const expected = optimizer.update(
    optimizer.init(start),
    slope.map((value) => (value * clipNorm) / (norm + 1e-6)),
  );
  for (const [i, value] of expected.parameters.entries()) {
    expect(found.state.parameters[i]).toBeCloseTo(value, 12);
  }
  // A gradient by the rates that did nothing could not be seen above.
  expect(found.state.parameters.slice(count)).not.toEqual(rates);
});

test('what is not trained stays as it is, and does not count in the norm', async () => {
  const engine = await createEngine({ shape, threads: 1 });
  const trained = theta.map((_, i) => i % 2);
  const { gradient } = await engine.metaGradient(theta, tasks, hyper);
  const found = await metaIteration(engine, optimizer.init(theta), drawn, {
    hyper,
    trained,
    optimizer,
    clipNorm: 10,
  });
  expect(found.gradientNorm).toBeCloseTo(Math.hypot(...gradient.filter((_, i) => trained[i] === 1)), 12);
  for (const [i, value] of found.state.parameters.entries()) {
    if (trained[i] === 0) expect(value).toBe(theta[i]);
    else if (gradient[i] !== 0) expect(value).not.toBe(theta[i]);
  }
});
