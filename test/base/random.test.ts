import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32, randomStream } from '../../src/base/random.js';

/** Sum over the cells of (seen - expected)^2 / expected. */
function chiSquare(counts: readonly number[], draws: number): number {
  const expected = draws / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Upper bound that chi-square with so many degrees of freedom stays below but for about one in 30,000 (4 sigma). */
const chiSquareBound = (freedom: number) => freedom + 4 * Math.sqrt(2 * freedom) + 10;

describe('philox4x32', () => {
  // kat_vectors of Random123, philox4x32 with 10 rounds.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published answer for counter %j and key %j', (counter, key, answer) => {
    expect(philox4x32(counter, key)).toEqual(answer);
  });

  it('agrees with the definition in whole-number arithmetic', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        const mask = 0xffffffffn;
        let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
        let [k0, k1] = key.map(BigInt) as [bigint, bigint];
        for (let round = 0; round < 10; round += 1) {
          const product0 = 0xd2511f53n * c0;
          const product1 = 0xcd9e8d57n * c2;
          [c0, c1, c2, c3] = [
            (product1 >> 32n) ^ c1 ^ k0,
            product1 & mask,
            (product0 >> 32n) ^ c3 ^ k1,
            product0 & mask,
          ];
          k0 = (k0 + 0x9e3779b9n) & mask;
          k1 = (k1 + 0xbb67ae85n) & mask;
        }
        expect(philox4x32(counter, key)).toEqual([c0, c1, c2, c3].map(Number));
      }),
    );
  });
});

describe('randomStream', () => {
  it('depends on seed, purpose and index alone', () => {
    const draw = (seed: number, purpose: string, index: number) => {
      const stream = randomStream(seed, purpose, index);
      return Array.from({ length: 9 }, () => stream.uint32());
    };
    expect(draw(7, 'tasks', 3)).toEqual(draw(7, 'tasks', 3));
    const others = [
      draw(8, 'tasks', 3),
      draw(7, 'init', 3),
      draw(7, 'tasks', 4),
      draw(7, 'tasks', 3 + 2 ** 32),
    ];
    expect(new Set([draw(7, 'tasks', 3), ...others].flat()).size).toBe(45);
  });

  it('gives the same draws for ever', () => {
    const stream = randomStream(20260107, 'tasks', 1);
    const drawn = [stream.uint32(), stream.integer(1000), stream.float64(), stream.normal()];
    expect(drawn).toMatchInlineSnapshot(`
      [
        4214970212,
        19,
        0.46482149122557737,
        -0.03150470178607657,
      ]
    `);
    expect(stream.sampleWithoutReplacement(1000, 5)).toMatchInlineSnapshot(`
      [
        782,
        634,
        935,
        302,
        687,
      ]
    `);
  });

  it('draws whole numbers evenly, also where the bound does not divide 2^32', () => {
    for (const bound of [2, 3, 7, 10, 64]) {
      const stream = randomStream(1, 'integer', bound);
      const counts = new Array<number>(bound).fill(0);
      for (let draw = 0; draw < 50_000; draw += 1) {
        const value = stream.integer(bound);
        counts[value] = (counts[value] ?? Number.NaN) + 1;
      }
      expect(chiSquare(counts, 50_000)).toBeLessThan(chiSquareBound(bound - 1));
    }
  });

  it('rejects rather than folds: thirds of a bound of 3 * 2^30 come equally often', () => {
    // Taking the remainder would give the first third twice as often.
    const stream = randomStream(2, 'integer', 0);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 30_000; draw += 1) {
      const third = Math.floor(stream.integer(3 * 2 ** 30) / 2 ** 30);
      counts[third] = (counts[third] ?? Number.NaN) + 1;
    }
    expect(chiSquare(counts, 30_000)).toBeLessThan(chiSquareBound(2));
  });

  it('draws float64 evenly in [0, 1) and uses all 53 bits', () => {
    const stream = randomStream(3, 'float64', 0);
    const counts = new Array<number>(100).fill(0);
    let oddOnes = 0;
    for (let draw = 0; draw < 50_000; draw += 1) {
      const value = stream.float64();
      const cell = Math.floor(value * 100);
      counts[cell] = (counts[cell] ?? Number.NaN) + 1;
      const scaled = value * 2 ** 53;
      expect(Number.isInteger(scaled)).toBe(true);
      oddOnes += scaled % 2;
    }
    expect(chiSquare(counts, 50_000)).toBeLessThan(chiSquareBound(99));
    // Half of 50,000 within five standard deviations.
    expect(Math.abs(oddOnes - 25_000)).toBeLessThan(5 * Math.sqrt(12_500));
  });

  it('spreads the first draw over consecutive indices as evenly as the draws of one stream', () => {
    const counts = new Array<number>(16).fill(0);
    for (let index = 0; index < 16_000; index += 1) {
      const cell = randomStream(4, 'index', index).integer(16);
      counts[cell] = (counts[cell] ?? Number.NaN) + 1;
    }
    expect(chiSquare(counts, 16_000)).toBeLessThan(chiSquareBound(15));
  });

  it('draws standard normals: moments within five standard errors', () => {
    const stream = randomStream(5, 'normal', 0);
    const draws = 100_000;
    let [sum, squares, fourth] = [0, 0, 0];
    for (let draw = 0; draw < draws; draw += 1) {
      const value = stream.normal();
      sum += value;
      squares += value ** 2;
      fourth += value ** 4;
    }
    expect(Math.abs(sum / draws)).toBeLessThan(5 * Math.sqrt(1 / draws));
    expect(Math.abs(squares / draws - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
    expect(Math.abs(fourth / draws - 3)).toBeLessThan(5 * Math.sqrt(96 / draws));
  });

  it('shuffles into every order equally often, and leaves its argument alone', () => {
    const counts = new Map<string, number>();
    const letters = ['a', 'b', 'c', 'd'];
    const stream = randomStream(6, 'shuffle', 0);
    for (let draw = 0; draw < 24_000; draw += 1) {
      const order = stream.shuffle(letters).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(letters).toEqual(['a', 'b', 'c', 'd']);
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], 24_000)).toBeLessThan(chiSquareBound(23));
  });

  it('samples distinct indices in range, the first of them as a whole shuffle would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.nat(), fc.nat(), (size, part, seed) => {
        const count = part % (size + 1);
        const sample = randomStream(seed, 'sample', 0).sampleWithoutReplacement(size, count);
        expect(sample.every((index) => Number.isInteger(index) && index >= 0 && index < size)).toBe(true);
        expect(new Set(sample).size).toBe(count);
        const order = randomStream(seed, 'sample', 0).shuffle(
          Array.from({ length: size }, (_, index) => index),
        );
        expect(order.slice(0, count)).toEqual(sample);
      }),
    );
  });

  it('includes every index of a sample equally often', () => {
    const counts = new Array<number>(10).fill(0);
    const stream = randomStream(7, 'sample', 0);
    for (let draw = 0; draw < 20_000; draw += 1) {
      for (const index of stream.sampleWithoutReplacement(10, 3))
        counts[index] = (counts[index] ?? Number.NaN) + 1;
    }
    expect(chiSquare(counts, 60_000)).toBeLessThan(chiSquareBound(9));
  });

  it('refuses what it cannot draw', () => {
    const stream = randomStream(0, 'refusal', 0);
    expect(() => stream.integer(0)).toThrow('below 0');
    expect(() => stream.integer(2 ** 32 + 1)).toThrow();
    expect(() => stream.sampleWithoutReplacement(2, 3)).toThrow('3 of 2');
    expect(() => randomStream(0, 'refusal', -1)).toThrow('index -1');
    expect(() => randomStream(Number.NaN, 'refusal', 0)).toThrow('canonical');
  });
});
