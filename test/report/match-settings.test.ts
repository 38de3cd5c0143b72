import { describe, expect, it } from 'vitest';
import type { MetricRow } from '../../src/artifacts/metric-table.js';
import { matchSettings } from '../../src/report/match-settings.js';

const row = (node: string, k: number | null, steps: number | null, inner_lr: number | null): MetricRow => ({
  node,
  step: node,
  role: 'val',
  k,
  steps,
  inner_lr,
  n: 1,
  users: 1,
  values: {},
  settings: {},
  intervals: {},
});

const matched = (before: readonly MetricRow[], after: readonly MetricRow[]) => {
  const { both, onlyBefore, onlyAfter } = matchSettings(before, after);
  const text = ({ node, k, steps, inner_lr }: MetricRow) => `${node} ${k} ${steps} ${inner_lr}`;
  return {
    both: both.map((one) => [text(one.before), text(one.after)]),
    onlyBefore: onlyBefore.map(text),
    onlyAfter: onlyAfter.map(text),
  };
};

describe('settings of two runs', () => {
  it('belong together where all of them is equal, whatever the order', () => {
    const rows = [row('a', 5, 1, 0.1), row('a', 5, 3, 0.1), row('b', 5, 1, 0.1)];
    expect(matched(rows, rows.toReversed())).toEqual({
      both: [
        ['b 5 1 0.1', 'b 5 1 0.1'],
        ['a 5 3 0.1', 'a 5 3 0.1'],
        ['a 5 1 0.1', 'a 5 1 0.1'],
      ],
      onlyBefore: [],
      onlyAfter: [],
    });
  });

  it('belong together where the chosen rate or steps changed and nothing else comes into question', () => {
    expect(matched([row('a', 5, 3, 0.1)], [row('a', 5, 10, 0.05)]).both).toEqual([
      ['a 5 3 0.1', 'a 5 10 0.05'],
    ]);
    const byStep = matched(
      [row('a', 5, 1, 0.1), row('a', 5, 3, 0.1)],
      [row('a', 5, 1, 0.2), row('a', 5, 3, 0.2)],
    );
    expect(byStep.both).toEqual([
      ['a 5 1 0.1', 'a 5 1 0.2'],
      ['a 5 3 0.1', 'a 5 3 0.2'],
    ]);
  });

  it('are left alone where several come into question, or another node', () => {
    expect(matched([row('a', 5, 1, 0.1), row('a', 5, 2, 0.2)], [row('a', 9, 7, 0.7)])).toEqual({
      both: [],
      onlyBefore: ['a 5 1 0.1', 'a 5 2 0.2'],
      onlyAfter: ['a 9 7 0.7'],
    });
    expect(matched([row('a', 5, 1, null)], [row('b', 5, 1, null)]).both).toEqual([]);
  });

  it('belong together by what tells the rows of their node apart, whatever its program was told besides', () => {
    const fold = (epochs: number, number: number): MetricRow => ({
      ...row('a', null, null, null),
      settings: { epochs, fold: number },
    });
    const { both, onlyBefore, onlyAfter, settingsOf } = matchSettings(
      [fold(10, 1), fold(10, 2)],
      [fold(20, 2), fold(20, 1), fold(20, 3)],
    );
    const text = ({ settings }: MetricRow) => `${settings['epochs']} ${settings['fold']}`;
    expect(both.map((one) => [text(one.before), text(one.after)])).toEqual([
      ['10 2', '20 2'],
      ['10 1', '20 1'],
    ]);
    expect(onlyBefore).toEqual([]);
    expect(onlyAfter.map(settingsOf)).toEqual([{ fold: 3 }]);
  });
});
