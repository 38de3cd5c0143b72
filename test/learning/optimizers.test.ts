import { describe, expect, it } from 'vitest';
import type { AdamStep, Parameters } from '../../src/engines/engine.js';
import { adam } from '../../src/learning/adam.js';
import { adamW } from '../../src/learning/adam-w.js';
import { clipGradient } from '../../src/learning/clip-gradient.js';
import type { Optimizer, OptimizerState } from '../../src/learning/optimizer.js';
import { optimizers } from '../../src/learning/optimizers.js';
import { withScheduledRate } from '../../src/learning/scheduled-rate.js';
import { sgd } from '../../src/learning/sgd.js';

/** The state after one step from the given parameters. */
function stepOf(optimizer: Optimizer, parameters: Parameters, gradient: Parameters): OptimizerState {
  return optimizer.update(optimizer.init(parameters), gradient);
}

describe('adam', () => {
  it('moves each parameter by the rate at first, against the sign of its gradient', () => {
    // At step one both corrected moments are the gradient's own, so the step is rate * g / (|g| + eps).
    const state = stepOf(adam(0.1), Float64Array.of(1, 1, 1), Float64Array.of(4, -0.25, 0));
    expect(state.parameters[0]).toBeCloseTo(0.9, 8);
    expect(state.parameters[1]).toBeCloseTo(1.1, 7);
    expect(state.parameters[2]).toBe(1);
    expect(state.step).toBe(1);
  });

  it('adds eps outside the corrected root', () => {
    // With g = 1e-8 the step is rate * 1e-8 / (1e-8 + 1e-8), half the rate; under the root it would be 1e-4 of it.
    const state = stepOf(adam(1), Float64Array.of(0), Float64Array.of(1e-8));
    expect(state.parameters[0]).toBeCloseTo(-0.5, 10);
  });
});

describe('the step of Adam that an engine has', () => {
  it('is taken for vectors in float32, and for no others', () => {
    for (const optimizer of [adam(0.1), adamW(0.1, 0.5), withScheduledRate(adam, () => 0.1)]) {
      const given: (readonly Float32Array[])[] = [];
      const faster: AdamStep = (vectors) => given.push(vectors);
      const state = optimizer.init(Float32Array.of(1));
      const gradient = Float32Array.of(2);
      optimizer.update(state, gradient, faster);
      expect(given).toEqual([[state.parameters, gradient, ...Object.values(state.slots)]]);
      // It did nothing else.
      expect(state.slots).toEqual(optimizer.init(Float32Array.of(1)).slots);
      optimizer.update(optimizer.init(Float64Array.of(1)), Float64Array.of(2), faster);
      expect(given).toHaveLength(1);
    }
  });
});

describe('adamW', () => {
  it('shrinks parameters that have no gradient, and takes the step of Adam from there', () => {
    const state = stepOf(adamW(0.1, 0.5), Float64Array.of(2, 1), Float64Array.of(0, 4));
    expect(state.parameters[0]).toBe(2 * 0.95);
    expect(state.parameters[1]).toBeCloseTo(0.95 - 0.1, 8);
  });
});

describe('sgd', () => {
  it('goes down the gradient, and on with what is left of the step before', () => {
    const optimizer = sgd(0.1, 0.5);
    const first = stepOf(optimizer, Float64Array.of(1), Float64Array.of(2));
    expect(first.parameters[0]).toBeCloseTo(0.8, 15);
    // Velocity 0.5 * 2 + 1 = 2.
    expect(optimizer.update(first, Float64Array.of(1)).parameters[0]).toBeCloseTo(0.6, 15);
  });
});

it.each(Object.entries(optimizers))(
  '%s begins with a copy, and steps in the vectors that it made then',
  (_, { make }) => {
    const optimizer = make(0.1, { momentum: 0.9, weight_decay: 0.1 });
    const parameters = Float32Array.of(1, 2);
    const state = optimizer.init(parameters);
    const gradient = Float32Array.of(1, 1);
    const next = optimizer.update(state, gradient);
    expect(parameters).toEqual(Float32Array.of(1, 2));
    expect(gradient).toEqual(Float32Array.of(1, 1));
    expect(next.step).toBe(1);
    expect(next.parameters).toBe(state.parameters);
    expect(next.parameters).not.toEqual(parameters);
    for (const [name, vector] of Object.entries(next.slots)) expect(vector).toBe(state.slots[name]);
    for (const vector of [next.parameters, ...Object.values(next.slots)])
      expect(vector).toBeInstanceOf(Float32Array);
  },
);

describe('clipGradient', () => {
  it('scales a long gradient to the limit, and leaves a short one', () => {
    const long = Float64Array.of(3, 4);
    expect(clipGradient(long, 1)).toBe(5);
    expect(long[0]).toBeCloseTo(0.6, 6);
    expect(long[1]).toBeCloseTo(0.8, 6);
    const short = Float64Array.of(3, 4);
    expect(clipGradient(short, 10)).toBe(5);
    expect(short).toEqual(Float64Array.of(3, 4));
  });
});
