import { describe, expect, it } from 'vitest';
import type { MetricRow } from '../../../src/artifacts/metric-table.js';
import { asOneTable, headlineTables } from '../../../src/artifacts/summary/headline-tables.js';
import type { SummaryRow } from '../../../src/artifacts/summary/summary-table.js';
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
});
