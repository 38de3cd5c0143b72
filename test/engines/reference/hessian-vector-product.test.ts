import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHessianVectorProduct } from '../../../src/engines/reference/hessian-vector-product.js';
import {
  type Batch,
  backwardPass,
  forwardPass,
  prepareBatch,
} from '../../../src/engines/reference/passes.js';
import { arbitraryPairs, arbitraryShape, randomParameters, randomVector } from '../arbitrary-tasks.js';
import { relativeError } from '../numeric.js';

function gradientAt(batch: Batch, parameters: Float64Array): Float64Array {
  const gradient = new Float64Array(parameters.length);
  backwardPass(batch, parameters, forwardPass(batch, parameters), gradient);
  return gradient;
}

function productAt(batch: Batch, parameters: Float64Array, direction: Float64Array): Float64Array {
  const forward = forwardPass(batch, parameters);
  const backward = backwardPass(batch, parameters, forward, new Float64Array(parameters.length));
  const product = new Float64Array(parameters.length);
  addHessianVectorProduct(batch, parameters, forward, backward, direction, product);
  return product;
}

const cases = arbitraryShape.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    pairs: arbitraryPairs(shape.items),
    seed: fc.integer(),
  }),
);

describe('addHessianVectorProduct', () => {
  it('is the derivative of the gradient in the direction, by central differences of fourth order', () => {
    fc.assert(
      fc.property(cases, ({ shape, pairs, seed }) => {
        const batch = prepareBatch(shape, pairs);
        const parameters = randomParameters(shape, seed);
        const direction = randomVector(parameters.length, seed + 1);
        const moved = (by: number) =>
          gradientAt(
            batch,
            parameters.map((value, i) => value + by * 1e-3 * (direction[i] ?? Number.NaN)),
          );
        const [near, nearBack, far, farBack] = [moved(1), moved(-1), moved(2), moved(-2)];
        const expected = near.map((value, i) => {
          const difference = value - (nearBack[i] ?? Number.NaN);
          const farDifference = (far[i] ?? Number.NaN) - (farBack[i] ?? Number.NaN);
          return (8 * difference - farDifference) / 12e-3;
        });
        expect(relativeError(productAt(batch, parameters, direction), expected)).toBeLessThan(1e-6);
      }),
      { numRuns: 100, seed: 20260107 },
    );
  });

  it('is symmetric: u . H v = v . H u', () => {
    fc.assert(
      fc.property(cases, ({ shape, pairs, seed }) => {
        const batch = prepareBatch(shape, pairs);
        const parameters = randomParameters(shape, seed);
        const u = randomVector(parameters.length, seed + 1);
        const v = randomVector(parameters.length, seed + 2);
        const dot = (one: Float64Array, other: Float64Array) =>
          one.reduce((sum, value, i) => sum + value * (other[i] ?? Number.NaN), 0);
        const left = dot(u, productAt(batch, parameters, v));
        const right = dot(v, productAt(batch, parameters, u));
        expect(Math.abs(left - right)).toBeLessThan(1e-11 * Math.max(1, Math.abs(left)));
      }),
      { numRuns: 50, seed: 20260107 },
    );
  });
});
