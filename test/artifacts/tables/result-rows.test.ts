import { describe, expect, it } from 'vitest';
import { metricRows, metricTable } from '../../../src/artifacts/metric-table.js';
import { mostRestrictive } from '../../../src/base/role.js';

const row = (node: string, metric: string, value: number, more = {}) => ({
  run: 'p/r',
  node,
  step: node,
  role: 'val',
  k: 5,
  steps: 3,
  inner_lr: 0.1,
  metric,
  value,
  n: 20,
  users: 2,
  ...more,
});

describe('the role of a metric', () => {
  it('is the most restrictive one of what it was computed from', () => {
    expect(mostRestrictive(['train', 'val', 'test'])).toBe('test');
    expect(mostRestrictive(['train', 'val'])).toBe('val');
    expect(mostRestrictive(['train'])).toBe('train');
    expect(mostRestrictive([])).toBeNull();
  });
});

describe('metrics', () => {
  it('stand in one row for each node and setting, in the order of the pipeline', () => {
    const rows = metricRows(
      [
        row('a', 'mrr', 0.2),
        row('a', 'mrr', 0.1, { steps: 0, inner_lr: null }),
        row('b', 'mrr', 0.3),
        row('b', 'accuracy@1', 0.25),
      ],
      ['b', 'a'],
    );
    expect(rows.map(({ node, steps, inner_lr, values }) => [node, steps, inner_lr, values])).toEqual([
      ['b', 3, 0.1, { mrr: 0.3, 'accuracy@1': 0.25 }],
      ['a', 0, null, { mrr: 0.1 }],
      ['a', 3, 0.1, { mrr: 0.2 }],
    ]);
  });

  it('are columns in the usual order, then others by name; test rows are marked', () => {
    const rows = metricRows(
      [
        row('a', 'zeal', 1, { role: 'test' }),
        row('a', 'mrr', 0.123456, { role: 'test' }),
        row('a', 'recall@5', 1, { role: 'test', low: 0.75, high: 1 }),
      ],
      ['a'],
    );
    const { columns, rows: cells } = metricTable(rows, 4);
    expect(columns).toEqual([
      'node',
      'role',
      'k',
      'steps',
      'inner_lr',
      'recall@5',
      'mrr',
      'zeal',
      'n',
      'users',
    ]);
    expect(cells).toEqual([['a', 'TEST', 5, 3, 0.1, '1.0000 [0.750, 1.000]', '0.1235', '1.0000', 20, 2]]);
  });
});
