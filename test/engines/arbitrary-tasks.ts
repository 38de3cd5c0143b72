import fc from 'fast-check';
import type { PairSet, Task } from '../../src/data/pair-set.js';
import type { MetaHyper } from '../../src/engines/engine.js';
import type { GruShape } from '../../src/model/gru/gru-shape.js';
import { parameterCount } from '../../src/model/gru/parameter-layout.js';

/** Pairs from prefixes and labels. */
export function pairSet(
  pairs: readonly { readonly prefix: readonly number[]; readonly label: number }[],
): PairSet {
  const offsets = [0];
  for (const { prefix } of pairs) offsets.push((offsets.at(-1) ?? 0) + prefix.length);
  return {
    items: Int32Array.from(pairs.flatMap(({ prefix }) => prefix)),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(pairs.map(({ label }) => label)),
  };
}

/** Pairs of one to three sessions: prefixes that nest within a session and may or may not share across sessions. */
export function arbitraryPairs(items: number): fc.Arbitrary<PairSet> {
  const item = fc.integer({ min: 0, max: items - 1 });
  const session = fc.array(item, { minLength: 2, maxLength: 5 });
  return fc
    .array(session, { minLength: 1, maxLength: 3 })
    .map((sessions) =>
      pairSet(
        sessions.flatMap((events) =>
          events.slice(1).map((label, index) => ({ prefix: events.slice(0, index + 1), label })),
        ),
      ),
    );
}

export function arbitraryTask(items: number): fc.Arbitrary<Task> {
  return fc.record({ support: arbitraryPairs(items), query: arbitraryPairs(items) });
}

/** Small sizes, mostly no multiples of one another, so that rows and columns cannot be confused. */
export const arbitraryShape: fc.Arbitrary<GruShape> = fc.record({
  items: fc.integer({ min: 3, max: 9 }),
  embedding: fc.integer({ min: 1, max: 6 }),
  hidden: fc.integer({ min: 1, max: 6 }),
});

const arbitraryRates: fc.Arbitrary<MetaHyper['innerRates']> = fc.oneof(
  fc.constantFrom(0.05, 0.2),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer())
    .map(([steps, seed]) => ({ steps, rates: randomVector(7 * steps, seed, 0.2).map(Math.abs) })),
);

export const arbitraryHyper: fc.Arbitrary<MetaHyper> = fc.integer({ min: 0, max: 5 }).chain((innerSteps) =>
  fc.record({
    innerRates: arbitraryRates,
    innerSteps: fc.constant(innerSteps),
    stepWeights: fc.option(
      fc.array(fc.constantFrom(0, 0.2, 0.5), { minLength: innerSteps, maxLength: innerSteps }).map(
        // The last counts always.
        (weights) => weights.map((weight, i) => (i === innerSteps - 1 ? weight + 0.1 : weight)),
      ),
      { nil: undefined },
    ),
    lambdaResidual: fc.constantFrom(0, 0.1, 1),
    secondOrder: fc.boolean(),
  }),
);

/** A vector of `count` numbers in [-size, size], the same for the same seed (mulberry32). */
export function randomVector(count: number, seed: number, size = 1): Float64Array {
  let state = seed | 0;
  return new Float64Array(count).map(() => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return size * (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1);
  });
}

/** Parameters large enough that every gate leaves its linear range. */
export function randomParameters(shape: GruShape, seed: number): Float64Array {
  return randomVector(parameterCount(shape), seed, 0.9);
}
