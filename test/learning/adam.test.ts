import { describe, expect, it } from 'vitest';
import { adamStep, initialAdamState } from '../../src/learning/adam.js';
import { clipGradient } from '../../src/learning/clip-gradient.js';

describe('adamStep', () => {
  it('moves each parameter by the rate at first, against the sign of its gradient', () => {
    // At step one both corrected moments are the gradient's own, so the step is rate * g / (|g| + eps).
    const state = adamStep(initialAdamState(Float64Array.of(1, 1, 1)), Float64Array.of(4, -0.25, 0), 0.1);
    expect(state.parameters[0]).toBeCloseTo(0.9, 8);
    expect(state.parameters[1]).toBeCloseTo(1.1, 7);
    expect(state.parameters[2]).toBe(1);
    expect(state.step).toBe(1);
  });

  it('adds eps outside the corrected root', () => {
    // With g = 1e-8 the step is rate * 1e-8 / (1e-8 + 1e-8), half the rate; under the root it would be 1e-4 of it.
    const state = adamStep(initialAdamState(Float64Array.of(0)), Float64Array.of(1e-8), 1);
    expect(state.parameters[0]).toBeCloseTo(-0.5, 10);
  });

  it('leaves the state that it is given as it was, and keeps its precision', () => {
    const state = initialAdamState(Float32Array.of(1, 2));
    const next = adamStep(state, Float32Array.of(1, 1), 0.1);
    expect(state).toEqual(initialAdamState(Float32Array.of(1, 2)));
    expect(next.parameters).toBeInstanceOf(Float32Array);
  });
});

describe('clipGradient', () => {
  it('scales a long gradient to the limit, and leaves a short one', () => {
    const long = clipGradient(Float64Array.of(3, 4), 1);
    expect(long.norm).toBe(5);
    expect(long.clipped[0]).toBeCloseTo(0.6, 6);
    expect(long.clipped[1]).toBeCloseTo(0.8, 6);
    expect(clipGradient(Float64Array.of(3, 4), 10)).toEqual({ clipped: Float64Array.of(3, 4), norm: 5 });
  });
});
