import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  bestCandidates,
  type ChoiceOptions,
  type ScoredRow,
} from '../../../../src/kinds/choose/candidates/choose-best.js';

const chooseBest = (rows: readonly ScoredRow[], options: ChoiceOptions) => bestCandidates(rows, options)[0];

const rowOf = (index: number, value: number, columns: ScoredRow['columns'] = {}): ScoredRow => ({
  index,
  columns,
  value,
  n: 10,
});

/** Elements of a matrix of rates and seeds, grouped as planning does where the seed is averaged over. */
function matrixOf(rates: number, seeds: number): Pick<ChoiceOptions, 'elements' | 'groups'> {
  return {
    elements: Array.from({ length: rates * seeds }, (_, index) => ({
      names: { rate: Math.floor(index / seeds), seed: index % seeds },
      group: Math.floor(index / seeds),
    })),
    groups: Array.from({ length: rates }, () => ({})),
  };
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }).map((one) => one / 10) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const table = fc
  .record({ rates: fc.integer({ min: 1, max: 4 }), seeds: fc.integer({ min: 1, max: 4 }) })
  .chain(({ rates, seeds }) =>
    fc.record({
      rates: fc.constant(rates),
      seeds: fc.constant(seeds),
      // One row for each of two step counts.
      values: fc.array(fc.tuple(value, value), { minLength: rates * seeds, maxLength: rates * seeds }),
      mode: fc.constantFrom('max' as const, 'min' as const),
    }),
  );
const rowsOf = (values: readonly (readonly [number, number])[]) =>
  values.flatMap(([one, five], index) => [rowOf(index, one, { steps: 1 }), rowOf(index, five, { steps: 5 })]);

test('the winner is no worse than any other, and the first of those as good', () => {
  fc.assert(
    fc.property(table, ({ values, mode }) => {
      const rows = rowsOf(values);
      const best = chooseBest(rows, { mode, average: [] });
      const sound = rows.filter((row) => Number.isFinite(row.value));
      const extreme = Math[mode](...sound.map((row) => row.value));
      expect(best?.rows[0]).toEqual(sound.find((row) => row.value === extreme));
    }),
  );
});

test('what is no number, is over no pairs or is missing never wins, and changes nothing for the rest', () => {
  fc.assert(
    fc.property(table, fc.array(fc.nat(40)), ({ values, mode }, spoilt) => {
      const rows = rowsOf(values);
      const isSpoilt = (_: unknown, place: number) => spoilt.includes(place);
      const kept = rows.filter((row, place) => !isSpoilt(row, place));
      const best = chooseBest(kept, { mode, average: [] });
      for (const spoil of [{ value: Number.NaN }, { value: Number.POSITIVE_INFINITY }, { n: 0 }]) {
        const mixed = rows.map((row, place) => (isSpoilt(row, place) ? { ...row, ...spoil } : row));
        expect(chooseBest(mixed, { mode, average: [] })).toEqual(best);
      }
    }),
  );
});

test('a candidate’s mean and its winning do not depend on the order of what is averaged', () => {
  fc.assert(
    fc.property(
      table,
      fc.array(fc.float({ noNaN: true, min: 0, max: 1 }), { minLength: 16, maxLength: 16 }),
      ({ rates, seeds, mode }, weights) => {
        const options = { mode, average: ['seed'], ...matrixOf(rates, seeds) };
        const rows = Array.from({ length: rates * seeds }, (_, index) => rowOf(index, weights[index] ?? 0));
        // The seeds of each rate in the opposite order.
        const turned = rows.map((row) => {
          const start = row.index - (row.index % seeds);
          return { ...row, value: rows[start + seeds - 1 - (row.index % seeds)]?.value ?? 0 };
        });
        const [one, other] = [chooseBest(rows, options), chooseBest(turned, options)];
        expect(other?.value).toBe(one?.value);
        expect(other?.group).toBe(one?.group);
      },
    ),
  );
});

test('equal means are a tie, which goes to the first', () => {
  const options = { mode: 'max' as const, average: ['seed'], ...matrixOf(2, 3) };
  // In one order of addition these are 0.6 and 0.6000000000000001.
  const values = [0.3, 0.2, 0.1, 0.1, 0.2, 0.3];
  expect(
    chooseBest(
      values.map((one, index) => rowOf(index, one)),
      options,
    )?.group,
  ).toBe(0);
  expect(
    chooseBest(
      values.toReversed().map((one, index) => rowOf(index, one)),
      options,
    )?.group,
  ).toBe(0);
});

test('where seeds are missing, the mean is over those that are there', () => {
  const options = { mode: 'max' as const, average: ['seed'], ...matrixOf(2, 2) };
  const best = chooseBest([rowOf(0, 0.5), rowOf(1, Number.NaN), rowOf(2, 0.4)], options);
  expect(best).toMatchObject({ group: 0, value: 0.5 });
  expect(best?.rows).toHaveLength(1);
});

const hasPandas = spawnSync('python3', ['-c', 'import pandas']).status === 0;

describe.skipIf(!hasPandas)('beside pandas (python3 with pandas is not there)', () => {
  it('averages as groupby does', () => {
    const cases = fc.sample(table, { numRuns: 60, seed: 7 });
    const program = `
import json, sys
import pandas as pd
out = []
for case in json.load(sys.stdin):
    frame = pd.DataFrame(case["rows"], columns=["rate", "seed", "steps", "value"]).astype({"value": float})
    means = frame.groupby(["rate", "steps"], sort=True)["value"].mean().dropna()
    if means.empty:
        out.append(None)
        continue
    best = means.max() if case["mode"] == "max" else means.min()
    out.append({"value": best, "winners": [list(key) for key in means[(means - best).abs() < 1e-12].index]})
print(json.dumps(out))
`;
    const input = cases.map(({ seeds, values, mode }) => ({
      mode,
      rows: rowsOf(values).map(({ index, columns, value: one }) => [
        Math.floor(index / seeds),
        index % seeds,
        columns['steps'],
        Number.isNaN(one) ? null : one,
      ]),
    }));
    const told = JSON.parse(
      execFileSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' }),
    ) as ({ value: number; winners: [number, number][] } | null)[];
    for (const [index, { rates, seeds, values, mode }] of cases.entries()) {
      const best = chooseBest(rowsOf(values), { mode, average: ['seed'], ...matrixOf(rates, seeds) });
      const expected = told[index];
      if (best === undefined || expected === null || expected === undefined) {
        expect(best ?? null).toBe(expected);
        continue;
      }
      expect(best.value).toBeCloseTo(expected.value, 12);
      expect(expected.winners).toContainEqual([best.group, best.columns['steps']]);
    }
  });
});

describe('patience', () => {
  const chain = (values: readonly number[], patience: number, mode: 'max' | 'min' = 'max') =>
    chooseBest(
      values.map((one, index) => rowOf(index, one)),
      { mode, average: [], patience, groups: values.map(() => ({ chain: 0 })) },
    )?.group;

  it('takes the best before so many brought no gain', () => {
    expect(chain([0.1, 0.3, 0.2, 0.3, 0.9], 2)).toBe(1);
    expect(chain([0.1, 0.3, 0.2, 0.4, 0.9], 2)).toBe(4);
    expect(chain([0.9, 0.5, 0.6, 0.1], 1, 'min')).toBe(1);
    expect(chain([0.1, 0.3, 0.2, 0.3, 0.9], 3)).toBe(4);
  });

  it('counts what is no number or missing as no gain', () => {
    expect(chain([0.1, Number.NaN, Number.NaN, 0.9], 2)).toBe(0);
    const groups = [0, 1, 2, 3].map(() => ({ chain: 0 }));
    const rows = [rowOf(0, 0.1), rowOf(3, 0.9)];
    expect(chooseBest(rows, { mode: 'max', average: [], patience: 2, groups })?.group).toBe(0);
    expect(chooseBest(rows, { mode: 'max', average: [], patience: 3, groups })?.group).toBe(3);
  });

  it('is each training’s and each setting’s own', () => {
    const groups = [{ chain: 0 }, { chain: 0 }, { chain: 0 }, { chain: 1 }, { chain: 1 }, { chain: 1 }];
    const options = { mode: 'max' as const, average: [], patience: 1, groups };
    const rows = [0.5, 0.4, 0.9, 0.1, 0.6, 0.7].map((one, index) => rowOf(index, one));
    expect(chooseBest(rows, options)?.group).toBe(5);
    const byColumn = rows.flatMap((row) => [
      { ...row, columns: { steps: 1 } },
      { ...row, value: row.index === 1 ? 0.6 : row.value, columns: { steps: 5 } },
    ]);
    expect(chooseBest(byColumn, options)).toMatchObject({ group: 2, columns: { steps: 5 } });
  });

  it('with more of it never chooses worse, and with as much as there are checkpoints the best', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const rows = values.map((one, index) => rowOf(index, one));
        const groups = values.map(() => ({ chain: 0 }));
        const bests = values.map(
          (_, index) =>
            chooseBest(rows, { mode: 'max', average: [], patience: index + 1, groups })?.value ?? -1,
        );
        expect(bests).toEqual(bests.toSorted((one, other) => one - other));
        expect(bests.at(-1)).toBe(chooseBest(rows, { mode: 'max', average: [] })?.value ?? -1);
      }),
    );
  });
});

describe('a candidate that lacks a measurement', () => {
  const points = [1, 2, 3].flatMap((seed) => [0, 1, 2, 3].map((fold) => ({ seed, fold })));
  const isKept = ({ seed, fold }: { seed: number; fold: number }) => seed !== 3 || fold !== 3;

  it('is a mean of so many of those that the others have, whether a table or a column tells them apart', () => {
    const average = ['seed', 'fold'];
    const inColumns = [0, 1].flatMap((index) =>
      points.filter((point) => index === 0 || isKept(point)).map((point) => rowOf(index, index, point)),
    );
    expect(chooseBest(inColumns, { mode: 'max', average })).toMatchObject({ value: 1, of: 12 });
    expect(chooseBest(inColumns, { mode: 'min', average })).toMatchObject({ value: 0, of: 12 });
    // Seeds by table.
    const byTable = inColumns.map(({ index, columns: { seed, fold }, value }) =>
      rowOf(index * 3 + Number(seed) - 1, value, { fold: fold ?? null }),
    );
    const options = { mode: 'max' as const, average, ...matrixOf(2, 3) };
    const best = chooseBest(byTable, options);
    expect(best).toMatchObject({ group: 1, of: 12 });
    expect(best?.rows).toHaveLength(11);
  });

  it('is told by its own rows where there is no other, unless each fold has seeds of its own', () => {
    const options = { mode: 'max' as const, average: ['seed', 'fold'] };
    const alone = points.filter(isKept).map((point) => rowOf(0, 0.5, point));
    expect(chooseBest(alone, options)).toMatchObject({ of: 12 });
    const nested = [0, 1, 2].map((fold) => rowOf(0, 0.5, { fold, seed: 100 + fold }));
    expect(chooseBest(nested, options)).toMatchObject({ of: 3 });
  });
});
