import { expect, test } from 'vitest';
import { summaryTable } from '../../../src/artifacts/summary/summary-table.js';
import { tuningBudgets } from '../../../src/artifacts/summary/tuning.js';
import type { Tree } from '../../../src/base/files/tree.js';
import { formatRows } from '../../../src/tables/row-formats.js';

const file = (node: string, path = 'ranks') => ({ type: 'file', leaf: { node, path } }) as const;
const node = (
  id: string,
  inputs: { [port: string]: Tree<{ node: string; path: string }> },
  kind = 'eval',
) => ({
  ...{ id, kind, inputs },
});
const nodes = [
  node('train', {}),
  node('validate', { model: file('train') }),
  node('best', { rows: file('validate'), candidates: file('train') }, 'select'),
  node('tune', { model: file('best') }),
  node('chosen', { rows: file('tune') }, 'select'),
  node('popularity', {}),
  node('gru', { model: file('best') }),
  node('fine_tuned', { model: file('best'), settings: file('chosen') }),
  node(
    'summary',
    {
      popularity: file('popularity'),
      gru: file('gru'),
      fine_tuned: file('fine_tuned'),
      seeds: { type: 'list', elements: [file('gru'), file('fine_tuned'), file('popularity')] },
    },
    'summary',
  ),
];
const chosen = (choices: { [node: string]: { among: number; users?: number } }) =>
  Object.entries(choices).map(([name, choice]) => ({ node: name, row: { metric: 'mrr', choice } }));

test('a model’s budget is that of every choice above it, each once; of several seeds that of the most tuned', () => {
  const budgets = tuningBudgets(
    nodes,
    chosen({ best: { among: 10, users: 50 }, chosen: { among: 20, users: 170 } }),
  );
  expect(budgets).toEqual([
    { node: 'summary', input: 'popularity', settings: 0, users: null },
    { node: 'summary', input: 'gru', settings: 10, users: 50 },
    { node: 'summary', input: 'fine_tuned', settings: 30, users: 50 },
    { node: 'summary', input: 'seeds', settings: 30, users: 50 },
  ]);
});

test('a choice from one is none, and users are not said where a choice does not know them', () => {
  const budgets = tuningBudgets(nodes, chosen({ best: { among: 1, users: 9 }, chosen: { among: 20 } }));
  expect(budgets[1]).toMatchObject({ settings: 0, users: null });
  expect(budgets[2]).toMatchObject({ settings: 20, users: null });
});

test('it stands beside the figures, and nowhere where nothing was tuned', () => {
  const row = {
    ...{
      node: 'summary',
      role: 'test',
      model: 'gru',
      k: 5,
      steps: 5,
      inner_lr: null,
      unit: 'users',
      units: 40,
    },
    ...{ n: 400, users: 40, baseline: null, metrics: {} },
  };
  const table = (form: 'text' | 'whole', more: { tuned_over?: number; tuned_users?: number }) =>
    formatRows(summaryTable([{ ...row, ...more }], form), 'csv');
  expect(table('text', { tuned_over: 30, tuned_users: 170 })).toBe(
    'model,k,steps,over,n,users,tuned over\ngru,5,5,40 users,400,40,30 on 170 users\n',
  );
  expect(table('whole', { tuned_over: 30, tuned_users: 170 })).toBe(
    'model,k,steps,unit,units,all_units,n,users,tuned_over,tuned_users\ngru,5,5,users,40,40,400,40,30,170\n',
  );
  expect(table('text', {})).toBe('model,k,steps,over,n,users\ngru,5,5,40 users,400,40\n');
});
