import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { checkRepetitions } from '../../../src/kinds/choose/check-repetitions.js';
import { summary } from '../../../src/kinds/choose/summary.js';
import { failureOf, rowsOf, runKind, temporaryFolder, writeTable } from '../../support/run-kind.js';

interface Measured {
  readonly seed?: number;
  readonly fold?: number;
  readonly repeat?: number;
  readonly metric?: string;
  readonly value: number;
}

/** Metrics as a program's are kept. */
async function metricsOf(rows: readonly Measured[]): Promise<{ metrics: string }> {
  const columns = (['seed', 'fold', 'repeat'] as const).filter((name) =>
    rows.some((row) => row[name] !== undefined),
  );
  const metrics = join(temporaryFolder(), 'metrics');
  await writeTable(
    metrics,
    {
      ...Object.fromEntries(columns.map((name) => [name, 'BIGINT'])),
      metric: 'VARCHAR',
      value: 'DOUBLE',
    },
    rows.map((row) => ({ metric: 'loss', ...row })),
  );
  return { metrics };
}

async function summarise(
  inputs: { [model: string]: readonly (readonly Measured[])[] },
  settings: JsonObject = {},
) {
  const lists = await Promise.all(
    Object.entries(inputs).map(
      async ([name, files]) => [name, await Promise.all(files.map(metricsOf))] as const,
    ),
  );
  const { path, logged } = await runKind(summary, { with: settings, inputs: Object.fromEntries(lists) });
  const rows = (await rowsOf(path('summary'))).map((row) => ({
    model: row['model'],
    metric: row['metric'],
    value: row['value'],
    low: row['low'],
    unit: row['unit'],
    units: row['units'],
    all: row['all_units'],
    difference: row['difference'],
  }));
  return { rows, logged };
}

const folds = [0.5, 0.6, 0.7];
/** Student's 97.5 % point for two degrees of freedom, from a table. */
const student2 = 4.302653;
const lowOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return mean - student2 * Math.sqrt(variance / values.length);
};

describe('the unit of an interval', () => {
  it.each([1, 3, 30])('is the fold, however often each was repeated: %i times', async (repeats) => {
    const rows = folds.flatMap((value, fold) =>
      Array.from({ length: repeats }, (_, repeat) => ({ fold, repeat, value })),
    );
    const {
      rows: [row],
      logged,
    } = await summarise({ a: [rows] });
    expect(row).toMatchObject({ unit: 'folds', units: 3, all: 3 });
    expect(row?.value).toBeCloseTo(0.6, 12);
    expect(row?.low).toBeCloseTo(lowOf(folds), 6);
    expect(logged.join('\n').includes('a: over folds, of each the mean over its repeats')).toBe(repeats > 1);
  });

  it('is asked for where seeds and folds both vary, in one file or in several', async () => {
    const seedOf = (seed: number) => folds.map((value, fold) => ({ fold, value: value + seed / 1000 }));
    const inOne = [1, 2, 3].flatMap((seed) => seedOf(seed).map((row) => ({ ...row, seed })));
    for (const files of [[inOne], [seedOf(1), seedOf(2), seedOf(3)]]) {
      const failure = await failureOf(summarise({ a: files }));
      expect(failure.message).toBe(
        'a was measured for several seeds and for several folds, and an interval is over one of them',
      );
      expect(failure.hint).toContain('with: { unit: seed } or with: { unit: fold }');
      const [bySeed] = (await summarise({ a: files }, { unit: 'seed' })).rows;
      expect(bySeed).toMatchObject({ unit: 'seeds', units: 3 });
      expect(bySeed?.low).toBeCloseTo(lowOf([0.601, 0.602, 0.603]), 6);
      const [byFold] = (await summarise({ a: files }, { unit: 'fold' })).rows;
      expect(byFold).toMatchObject({ unit: 'folds', units: 3 });
      expect(byFold?.low).toBeCloseTo(lowOf(folds.map((value) => value + 0.002)), 6);
    }
  });

  it('is the repeat where nothing else repeats', async () => {
    const rows = folds.map((value, repeat) => ({ repeat, value }));
    expect((await summarise({ a: [rows] })).rows).toMatchObject([{ unit: 'repeats', units: 3 }]);
  });

  it('is the same for both of a comparison', async () => {
    const byFold = folds.map((value, fold) => ({ fold, value }));
    const bySeed = folds.map((value) => [{ value }]);
    const failure = await failureOf(summarise({ a: [byFold], b: bySeed }, { baseline: 'b' }));
    expect(failure.message).toBe('a was measured over folds and b over seeds: they are compared one by one');
  });
});

describe('a seed whose metric is no number', () => {
  const of = (values: readonly number[]) => values.map((value) => [{ value }, { metric: 'acc', value: 1 }]);

  it('is left out of the mean and of the comparison, and counted', async () => {
    const { rows } = await summarise(
      { a: of([0.1, Number.NaN, 0.3]), base: of([0.5, 0.6, 0.9]) },
      { baseline: 'base' },
    );
    const loss = rows.filter(({ metric }) => metric === 'loss');
    expect(loss).toMatchObject([
      { model: 'base', units: 3, all: 3 },
      { model: 'a', value: 0.2, units: 2, all: 3 },
    ]);
    expect(loss[1]?.difference).toBeCloseTo((0.1 - 0.5 + 0.3 - 0.9) / 2, 12);
    expect(rows.find(({ model, metric }) => model === 'a' && metric === 'acc')).toMatchObject({ units: 3 });
  });

  it('leaves the model in the table where no seed has a number', async () => {
    const { rows } = await summarise(
      { a: of([Number.NaN, Number.NaN]), base: of([0.5, 0.6]) },
      { baseline: 'base' },
    );
    expect(rows.find(({ model, metric }) => model === 'a' && metric === 'loss')).toMatchObject({
      value: null,
      units: 0,
      all: 2,
      difference: null,
    });
  });
});

describe('a list by seed and fold', () => {
  const named = (values: readonly { [name: string]: number }[]) =>
    values.map((one) => ({
      label: [{ values: Object.entries(one).map(([name, value]) => ({ name, value })) }],
      text: '',
      parameters: {},
      shape: { type: 'any' } as const,
    }));
  const grid = [1, 2].flatMap((seed) => [0, 1, 2].map((fold) => ({ seed, fold })));

  it('is of so many of the unit that is asked for, and of nothing where none is', async () => {
    const { objections } = checkRepetitions({ a: named(grid) }, undefined);
    expect(objections[0]?.message).toContain('a differs in seed and fold: its 6 elements would be taken');
    expect(objections[0]?.message).toContain('write with: { unit: seed } or with: { unit: fold }');
    const rates = grid.map(({ seed, fold }) => ({ rate: seed, fold }));
    expect(checkRepetitions({ a: named(rates) }, 'fold').objections[0]?.message).toContain(
      'name one setting',
    );
    const { elementNames, objections: none } = checkRepetitions({ a: named(grid), b: named(grid) }, 'seed');
    expect(none).toEqual([]);
    const files = (rate: number) => grid.map(({ seed, fold }) => [{ value: rate + seed / 100 + fold / 10 }]);
    const inputs = { a: files(0.1), b: files(0.2) };
    const parameters = (unit: string): JsonObject => ({
      baseline: 'a',
      unit,
      elements: elementNames as unknown as JsonObject,
    });
    const [, bySeed] = (await summarise(inputs, parameters('seed'))).rows;
    expect(bySeed).toMatchObject({ unit: 'seeds', units: 2, all: 2 });
    expect(bySeed?.value).toBeCloseTo(0.2 + 0.015 + 0.1, 12);
    expect(bySeed?.difference).toBeCloseTo(0.1, 12);
    const [, byFold] = (await summarise(inputs, parameters('fold'))).rows;
    expect(byFold).toMatchObject({ unit: 'folds', units: 3, all: 3 });
    expect(byFold?.low).toBeCloseTo(lowOf([0.215, 0.315, 0.415]), 6);
  });
});

describe('a measurement that is missing', () => {
  const valueAt = (rate: number, seed: number, fold: number) => rate + seed / 100 + fold / 10;
  const seeds = [1, 2, 3];
  const foldNames = [0, 1, 2, 3];
  /** A file with all seeds and folds, but for those that are named. */
  const fileOf = (rate: number, missing: readonly string[] = []) =>
    seeds.flatMap((seed) =>
      foldNames
        .filter((fold) => !missing.includes(`${seed}.${fold}`))
        .map((fold) => ({ metric: 'acc', seed, fold, value: valueAt(rate, seed, fold) })),
    );
  const filesOf = (rate: number, missing: readonly string[] = []) =>
    seeds.map((seed) =>
      fileOf(rate, missing)
        .filter((row) => row.seed === seed)
        .map(({ seed: _, ...row }) => row),
    );

  it.each([
    { unit: 'seed', units: 2, all: 3, points: ['3.3'], lacked: 'seed 3, fold 3' },
    { unit: 'fold', units: 3, all: 4, points: ['3.3'], lacked: 'fold 3, seed 3' },
    // The first row is the one that says in which order units come.
    { unit: 'fold', units: 3, all: 4, points: ['1.0'], lacked: 'fold 0, seed 1' },
    { unit: 'seed', units: 1, all: 3, points: ['1.0', '3.3'], lacked: 'seed 1, fold 0' },
  ])('shortens its $unit as one that is no number does, and no difference: $points', async (one) => {
    for (const files of [fileOf, filesOf]) {
      const inputs = (of: (rate: number, missing: readonly string[]) => readonly Measured[][]) => ({
        a: of(0.1, []),
        b: of(0.2, one.points),
      });
      const listOf = (rate: number, missing: readonly string[]) => {
        const made = files(rate, missing);
        return (Array.isArray(made[0]) ? made : [made]) as Measured[][];
      };
      const { rows, logged } = await summarise(inputs(listOf), { baseline: 'a', unit: one.unit });
      const [base, short] = rows;
      expect(base).toMatchObject({ units: one.all, all: one.all });
      expect(short).toMatchObject({ units: one.units, all: one.all });
      // By hand: the whole units of b.
      const groups = one.unit === 'seed' ? seeds : foldNames;
      const whole = groups.filter(
        (group) => !one.points.some((point) => point.split('.')[one.unit === 'seed' ? 0 : 1] === `${group}`),
      );
      const expected = whole.map((group) =>
        one.unit === 'seed' ? 0.2 + group / 100 + 0.15 : 0.2 + 0.02 + group / 10,
      );
      expect(short?.value).toBeCloseTo(expected.reduce((sum, value) => sum + value) / expected.length, 12);
      expect(short?.difference).toBeCloseTo(0.1, 12);
      if (files === fileOf) expect(logged.join('\n')).toContain(`b was not measured for ${one.lacked}`);
    }
  });

  it('is one for the difference too where it is there and no number', async () => {
    const b = fileOf(0.2).map((row) =>
      row.seed === 3 && row.fold === 3 ? { ...row, value: Number.NaN } : row,
    );
    const { rows } = await summarise({ a: [fileOf(0.1)], b: [b] }, { baseline: 'a', unit: 'seed' });
    expect(rows[1]).toMatchObject({ units: 2, all: 3 });
    expect(rows[1]?.difference).toBeCloseTo(0.1, 12);
  });

  it('is none where each fold has seeds of its own', async () => {
    const rows = folds.map((value, fold) => ({ seed: 100 + fold, fold, value }));
    expect((await summarise({ a: [rows] }, { unit: 'fold' })).rows).toMatchObject([{ units: 3, all: 3 }]);
  });
});
