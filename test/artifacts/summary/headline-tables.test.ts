import { describe, expect, it } from 'vitest';
import type { MetricRow } from '../../../src/artifacts/metric-table.js';
import { asOneTable, headlineTables } from '../../../src/artifacts/summary/headline-tables.js';
import type { SummaryRow } from '../../../src/artifacts/summary/summary-rows.js';
import { formatRows } from '../../../src/tables/row-formats.js';

const model = {
  role: 'test',
  k: null,
  steps: null,
  inner_lr: null,
  unit: 'seeds',
  units: 3,
  n: 40,
  users: 4,
};
const compared = {
  difference: -0.25,
  difference_interval: [-0.5, 0.125],
  improvement_percent: -50,
  improvement_interval: [-100, 25],
  over: 'seeds',
  distinguishable: 'no',
} as const;
const summaries: readonly SummaryRow[] = [
  {
    ...model,
    node: 'one',
    model: 'gru',
    baseline: null,
    metrics: { mrr: { value: 0.5, interval: [0.25, 0.75], against: {} } },
  },
  {
    ...model,
    node: 'one',
    model: 'own',
    baseline: 'gru',
    metrics: { mrr: { value: 0.25, interval: [-0.125, 0.5], against: { gru: compared } } },
  },
  {
    ...model,
    node: 'two',
    model: 'knn',
    baseline: null,
    metrics: { hits: { value: 7, interval: null, against: {} } },
  },
];
const metrics: readonly MetricRow[] = [
  {
    node: 'own',
    step: 'own',
    role: 'test',
    k: null,
    steps: null,
    inner_lr: null,
    n: null,
    users: null,
    settings: { lr: 0.1 },
    values: { loss: 1 / 3 },
    not_numbers: { mrr: 'NaN' },
    intervals: {},
  },
];

describe('the headline tables of a run', () => {
  it('are its summaries, for people with intervals in one cell, in LaTeX with minus signs', () => {
    const [first, second] = headlineTables({ metrics, summaries }, 'text');
    expect(second?.name).toBe('two');
    expect(first?.table.rows.at(-1)).toEqual([
      'own',
      '0.2500 [-0.125, 0.500]',
      '-50.0 [-100, 25]',
      '3 seeds',
      40,
      4,
    ]);
    expect(formatRows(first?.table ?? { columns: [], rows: [] }, 'tex')).toContain(
      'own & 0.2500 [$-$0.125, 0.500] & $-$50.0 [$-$100, 25] & 3 seeds & 40 & 4 \\\\',
    );
  });

  it('are for programs one table of whole numbers, with the name of the summary where there are several', () => {
    const table = asOneTable(headlineTables({ metrics, summaries }, 'whole'));
    const rows = JSON.parse(formatRows(table, 'json')) as readonly object[];
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatchObject({
      table: 'one',
      model: 'own',
      mrr: 0.25,
      mrr_low: -0.125,
      mrr_high: 0.5,
      mrr_percent_over_baseline: -50,
      hits: null,
    });
    expect(rows[2]).toMatchObject({ table: 'two', model: 'knn', hits: 7, mrr: null });
  });

  it('are the metrics where there is no summary, or where they are asked for', () => {
    const whole = headlineTables({ metrics, summaries }, 'whole', 'metrics');
    expect(whole).toEqual(headlineTables({ metrics, summaries: [] }, 'whole'));
    const [row] = JSON.parse(formatRows(asOneTable(whole), 'json')) as readonly object[];
    expect(row).toMatchObject({ node: 'own', role: 'TEST', lr: 0.1, loss: 1 / 3, mrr: 'NaN' });
    expect(headlineTables({ metrics: [], summaries: [] }, 'text')).toEqual([]);
  });

  it('say over how many of the units a figure is, in every form', () => {
    const short: readonly SummaryRow[] = [
      {
        ...model,
        node: 'one',
        model: 'gru',
        baseline: null,
        metrics: {
          mrr: { value: 0.5, interval: null, against: {} },
          hits: { value: 7, interval: null, against: {} },
        },
      },
      {
        ...model,
        node: 'one',
        model: 'own',
        baseline: 'gru',
        metrics: {
          mrr: { value: 0.25, interval: null, of: [2, 3], against: { gru: { ...compared, units: 2 } } },
          hits: { value: null, interval: null, of: [0, 3], against: {} },
        },
      },
    ];
    const whole = asOneTable(headlineTables({ metrics, summaries: short }, 'whole'));
    expect(JSON.parse(formatRows(whole, 'json'))).toMatchObject([
      {
        unit: 'seeds',
        units: 3,
        all_units: 3,
        mrr_units: 3,
        hits_units: 3,
        mrr_percent_over_baseline_units: null,
      },
      {
        unit: 'seeds',
        units: 0,
        all_units: 3,
        mrr_units: 2,
        hits_units: 0,
        mrr_percent_over_baseline_units: 2,
      },
    ]);
    const [text] = headlineTables({ metrics, summaries: short }, 'text');
    for (const form of ['markdown', 'tex'] as const) {
      const lines = formatRows(text?.table ?? { columns: [], rows: [] }, form);
      expect(lines).toMatch(/0\.2500 \(2 of 3\).*- \(0 of 3\).*50\.0 \[.*\] \(2 of 3\)/);
    }
    const all = asOneTable(headlineTables({ metrics, summaries }, 'whole'));
    expect(all.columns.filter((name) => name.endsWith('units'))).toEqual(['units', 'all_units']);
  });

  it('lose no metric whose name is that of another column', () => {
    const [row] = metrics;
    if (row === undefined) throw new Error('no row');
    const named = {
      ...row,
      k: 5,
      settings: { lr: 0.1, loss: 'mse' },
      not_numbers: {},
      values: { node: 1, role: 2, n: 3, K: 4, lr: 5, loss: 6, acc: 7, acc_low: 8, acc_high: 9 },
    };
    const cells = (one: MetricRow, form: 'whole' | 'text') => {
      const table = asOneTable(headlineTables({ metrics: [one], summaries: [] }, form));
      expect(new Set(table.columns).size).toBe(table.columns.length);
      return JSON.parse(formatRows(table, 'json'))[0] as object;
    };
    const own = { node: 'own', role: 'TEST', k: 5, lr: 0.1, loss: 'mse' };
    const renamed = { node_: 1, role_: 2, n_: 3, K_: 4, lr_: 5, loss_: 6, acc: 7 };
    expect(cells(named, 'whole')).toEqual({ ...own, ...renamed, acc_low: 8, acc_high: 9 });
    expect(cells({ ...named, intervals: { acc: [6.5, 7.5], n: [2, 4] } }, 'whole')).toEqual({
      ...own,
      ...renamed,
      ...{ n_low: 2, n_high: 4, acc_low: 6.5, acc_high: 7.5, acc_low_: 8, acc_high_: 9 },
    });
    expect(cells(named, 'text')).toMatchObject({ ...own, node_: '1.0000', n_: '3.0000', loss_: '6.0000' });
    const summary = { ...model, node: 'one', baseline: null };
    const ofModel = Object.fromEntries(
      ['model', 'users', 'unit', 'table'].map((name, index) => [
        name,
        { value: index, interval: null, against: {} },
      ]),
    );
    const one = { ...summary, model: 'gru', metrics: ofModel };
    const table = asOneTable(headlineTables({ metrics, summaries: [one, { ...one, node: 'two' }] }, 'whole'));
    expect(JSON.parse(formatRows(table, 'json'))[1]).toMatchObject({
      table: 'two',
      ...{ model: 'gru', users: 4, unit: 'seeds', model_: 0, users_: 1, unit_: 2, table_: 3 },
    });
  });
});
