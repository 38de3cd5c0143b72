import { describe, expect, it } from 'vitest';
import type { SummaryRow } from '../../src/artifacts/summary/summary-table.js';
import { cautionsOf } from '../../src/report/cautions.js';

const row = (node: string, users: number, unit = 'users'): SummaryRow => ({
  node,
  role: 'test',
  model: 'gru',
  k: null,
  steps: null,
  inner_lr: null,
  unit,
  units: unit === 'users' ? users : 3,
  n: 10 * users,
  users,
  baseline: null,
  metrics: {},
});

describe('cautions', () => {
  it('say of how few users the figures of a summary are, once each, unless they are over seeds', () => {
    const summaries = [row('a', 9), row('a', 9), row('b', 29), row('c', 30), row('d', 5, 'seeds')];
    expect(cautionsOf({ metrics: [], summaries }, [])).toEqual([
      'a: its figures are over 9 users, fewer than 10, so nothing is said of which models differ',
      'b: its figures are over 29 users, fewer than 30, so another draw of users may well turn the order',
    ]);
  });
});
