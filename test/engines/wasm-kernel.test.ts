import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AdamNumbers } from '../../src/engines/engine.js';
import { type KernelForm, kernelCalls, openAdam } from '../../src/engines/wasm/open-kernel.mjs';
import { stepOfAdam } from '../../src/learning/adam.js';
import { randomVector } from './arbitrary-tasks.js';
import { kernelForms } from './kernel-forms.js';

const start = 131_072;
const memory = new WebAssembly.Memory({ initial: 200, maximum: 65_536, shared: true });
const floats = new Float32Array(memory.buffer);
let kernel: ReturnType<typeof kernelCalls>;

describe.each(await kernelForms())('$name', ({ form }) => {
  beforeAll(() => {
    kernel = kernelCalls(form, memory, 65_536);
  });
  describeFunctions();
  describeProducts();
  describeAdam(form);
});

function call(name: string, ...numbers: readonly (number | boolean)[]): void {
  const one = kernel[name];
  if (one === undefined) throw new Error(`the kernel has no ${name}`);
  one(...numbers);
}

/** Address of a copy of `values`, in the `region`th megabyte. */
function put(region: number, values: ArrayLike<number>): number {
  const address = start + region * 2 ** 20;
  floats.set(values, address / 4);
  return address;
}

function apply(which: number, values: Float32Array): Float32Array {
  const x = put(0, values);
  const y = put(1, []);
  call('applyFunction', which, y, x, values.length);
  return floats.slice(y / 4, y / 4 + values.length);
}

/** Parameters, gradient and moments, with zeros, subnormal and great numbers among them; in no form whole vectors. */
function vectorsOfAdam(): readonly Float32Array[] {
  const of = (seed: number, map: (value: number) => number) => {
    const special = Float32Array.of(0, -0, 1e-44, 1e-38, 3e18);
    return Float32Array.from([...special, ...randomVector(1004, seed)], map);
  };
  return [1, 2, 3].map((seed) => of(seed, (value) => value)).concat([of(4, (value) => value * value)]);
}

function describeAdam(form: KernelForm) {
  describe('a step of Adam', () => {
    const numbers: AdamNumbers = [0.9, 0.999, 0.001 / (1 - 0.9 ** 3), Math.sqrt(1 - 0.999 ** 3), 1e-8];

    it('gives the bits of the one in JavaScript', () => {
      const expected = vectorsOfAdam();
      stepOfAdam(expected, numbers);
      const addresses = vectorsOfAdam().map((vector, region) => put(region, vector));
      call('adam', ...addresses, 1009, ...numbers);
      expect(addresses.map((at) => floats.slice(at / 4, at / 4 + 1009))).toEqual(expected);
      const anywhere = vectorsOfAdam();
      openAdam(form)?.(anywhere, numbers);
      if (form.library !== undefined) expect(anywhere).toEqual(expected);
      // It did something.
      expect(expected[0]).not.toEqual(vectorsOfAdam()[0]);
    });

    it('is refused where a vector has another length', () => {
      const vectors = [8, 8, 7, 8].map((length) => new Float32Array(length));
      const step = openAdam(form);
      if (form.library === undefined) expect(step).toBeUndefined();
      else expect(() => step?.(vectors, numbers)).toThrow('vectors of 8, 8, 7, 8 numbers');
    });
  });
}

/** 100,000 arguments, evenly from `low` to `high`. */
function grid(low: number, high: number): Float32Array {
  return Float32Array.from({ length: 100_000 }, (_, i) => low + ((high - low) * i) / 99_999);
}

function worst(found: Float32Array, error: (value: number, index: number) => number): number {
  return found.reduce((most, value, i) => Math.max(most, error(value, i)), 0);
}

function describeFunctions() {
  describe('the functions of the kernel', () => {
    it('give exp to a relative error of 3e-7 where float32 holds it, and 1 at 0', () => {
      for (const x of [grid(-87, 88), grid(-1, 1)]) {
        const y = apply(0, x);
        // x and y have one length.
        expect(worst(y, (value, i) => Math.abs(value / Math.exp(x[i]!) - 1))).toBeLessThan(3e-7);
      }
      expect([...apply(0, new Float32Array(8))]).toEqual(Array(8).fill(1));
    });

    it('give sigmoid and tanh to an absolute error of 2e-7', () => {
      for (const x of [grid(-100, 100), grid(-9, 9), grid(-0.1, 0.1)]) {
        const sigmoid = apply(1, x);
        expect(worst(sigmoid, (value, i) => Math.abs(value - 1 / (1 + Math.exp(-x[i]!))))).toBeLessThan(2e-7);
        const tanh = apply(2, x);
        expect(worst(tanh, (value, i) => Math.abs(value - Math.tanh(x[i]!)))).toBeLessThan(2e-7);
      }
    });

    it('keep NaN, and go to their limits at infinity', () => {
      // A vector of eight at a time.
      const x = new Float32Array(8);
      x.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]);
      const four = (which: number) => [...apply(which, x).subarray(0, 4)];
      expect(four(0).map(Number.isNaN)).toEqual([true, false, false, false]);
      expect(four(1)).toEqual([Number.NaN, 1, expect.closeTo(0, 20), 0.5]);
      expect(four(2)).toEqual([Number.NaN, 1, -1, 0]);
    });
  });
}

function describeProducts() {
  describe('the products of the kernel', () => {
    const size = fc.integer({ min: 1, max: 13 });
    const eights = fc.integer({ min: 1, max: 9 }).map((eight) => 8 * eight);
    const runs = { numRuns: 60, seed: 20260107 };

    /** Value at (row, column) of a matrix with a stride of `ld` floats. */
    type Matrix = (row: number, column: number) => number;
    const matrix = (values: Float64Array, ld: number): Matrix => {
      const single = Float32Array.from(values);
      return (row, column) => single[row * ld + column] ?? Number.NaN;
    };
    const sum = (count: number, term: (index: number) => number): number =>
      Array.from({ length: count }, (_, index) => term(index)).reduce((total, one) => total + one, 0);

    it('give A B and A B^T, scaled and added, for rows apart, and touch nothing else', () => {
      fc.assert(
        fc.property(
          fc.record({ m: size, n: size, eight: eights, gap: fc.constantFrom(0, 8) }),
          fc.boolean(),
          fc.boolean(),
          fc.integer(),
          ({ m, n: narrow, eight, gap }, transposed, add, seed) => {
            // A B^T takes any number of columns and a depth of eights, A B the other way round; depths pass 256.
            const [n, k] = transposed ? [narrow, eight] : [eight, narrow * 25];
            const [lda, ldb, ldc] = [k + gap, (transposed ? k : n) + gap, n + gap];
            const values = {
              a: randomVector(m * lda, seed),
              b: randomVector((transposed ? n : k) * ldb, seed + 1),
              c: randomVector(m * ldc + 8, seed + 2),
            };
            const [a, b, c] = [put(1, values.a), put(2, values.b), put(3, values.c)];
            const product = transposed ? 'productNT' : 'productNN';
            call(product, c, ldc, a, lda, b, ldb, m, n, k, -0.5, add);
            const [atA, atB, atC] = [matrix(values.a, lda), matrix(values.b, ldb), matrix(values.c, ldc)];
            const found = floats.slice(c / 4, c / 4 + m * ldc + 8);
            for (const [index, value] of found.entries()) {
              const [row, column] = [Math.floor(index / ldc), index % ldc];
              const inside = row < m && column < n;
              const dot = sum(
                inside ? k : 0,
                (i) => atA(row, i) * (transposed ? atB(column, i) : atB(i, column)),
              );
              const expected = inside ? -0.5 * dot + (add ? atC(row, column) : 0) : atC(row, column);
              expect(Math.abs(value - expected)).toBeLessThan(1e-5);
            }
          },
        ),
        runs,
      );
    });

    it('give the sum of two A^T B onto another matrix, or onto none', () => {
      fc.assert(
        fc.property(
          fc.record({ m: eights, n: eights, k1: size, k2: fc.integer({ min: 0, max: 5 }) }),
          fc.boolean(),
          fc.integer(),
          ({ m, n, k1, k2 }, onto, seed) => {
            const values = [k1 * m, k1 * n, k2 * m, k2 * n, m * n].map((count, i) =>
              randomVector(count, seed + i),
            );
            const [a1 = 0, b1 = 0, a2 = 0, b2 = 0, base = 0] = values.map((one, i) => put(1 + i, one));
            const c = put(7, []);
            const sizes = [a1, m, b1, n, k1, a2, m, b2, n, k2, m, n];
            call('productTN', c, onto ? base : 0, n, ...sizes, 0.25);
            const at = values.map((one, i) => matrix(one, i % 2 === 0 && i < 4 ? m : n));
            const [atA1, atB1, atA2, atB2, atBase] = at as [Matrix, Matrix, Matrix, Matrix, Matrix];
            for (const [index, value] of floats.slice(c / 4, c / 4 + m * n).entries()) {
              const [row, column] = [Math.floor(index / n), index % n];
              const first = sum(k1, (i) => atA1(i, row) * atB1(i, column));
              const second = sum(k2, (i) => atA2(i, row) * atB2(i, column));
              const expected = 0.25 * (first + second) + (onto ? atBase(row, column) : 0);
              expect(Math.abs(value - expected)).toBeLessThan(1e-5);
            }
          },
        ),
        runs,
      );
    });
  });
}
