import { expect, it } from 'vitest';

const file: string = new URL('../../bench/experiment-rows.mjs', import.meta.url).href;
type Table = (runs: readonly unknown[]) => string;
const { modelsTable, differencesTable, dataTable, recommendedTable } = (await import(file)) as {
  readonly [name: string]: Table;
} & { readonly [name in 'modelsTable' | 'differencesTable' | 'dataTable' | 'recommendedTable']: Table };

const row = (model: string, value: number, more: object, beside?: object) => ({
  node: 'summary',
  model,
  users: 40,
  ...more,
  metrics: {
    'accuracy@1': { value, interval: [value - 0.1, value + 0.1], beside_leader: beside },
    mrr: { value: value + 0.2, interval: null },
  },
});
const behind = { difference: -0.2, difference_interval: [-0.3, -0.1], over: 'seeds', distinguishable: 'yes' };
const few = { difference: -0.1, difference_interval: null, over: 'users', distinguishable: null };
const ofSeeds = { unit: 'seeds', units: 3, tuned_over: 51 };
const asked = { query_pairs: 400, labels_in_support: 200, labels_not_in_train: 2, train_pairs_later: 0.47 };
const runs = [
  {
    name: 'one',
    report: {
      seconds: 90,
      summaries: [
        row('gru', 0.5, ofSeeds),
        row('few_shot', 0.3, ofSeeds, behind),
        { ...row('gru', 0.9, ofSeeds), node: 'summary_by_k' },
      ],
      data_fingerprints: { fingerprint: { cold_start: { test: asked } } },
    },
    recommended: [
      { model: 'gru', metric: 'coverage@10', value: 0.5 },
      { model: 'gru', metric: 'gini@10', value: 0.25 },
      { model: 'gru', metric: 'mean_popularity@10', value: 12.34 },
    ],
  },
  {
    name: 'two',
    report: {
      seconds: 42.4,
      summaries: [row('markov', 0.4, { unit: 'users', units: 40 }), row('gru', 0.3, ofSeeds, few)],
      data_fingerprints: { fingerprint: {} },
    },
    recommended: [],
  },
];

it('has the figures of every data set in one table, a column for each, and blanks for what is not there', () => {
  expect(
    modelsTable(runs),
  ).toBe(`| model | interval over | tuned over | one (40 users, 1.5 min) | two (40 users, 42 s) |
| --- | --- | --- | --- | --- |
| \`few_shot\` | 3 seeds | 51 | 0.300 [0.200, 0.400], 0.500 |  |
| \`gru\` | 3 seeds | 51 | 0.500 [0.400, 0.600], 0.700 | 0.300 [0.200, 0.400], 0.500 |
| \`markov\` | users | - |  | 0.400 [0.300, 0.500], 0.600 |
`);
  expect(differencesTable(runs)).toBe(`| minus the model that leads | one | two |
| --- | --- | --- |
| \`few_shot\` | -0.200 [-0.300, -0.100], distinguishable (seeds) |  |
| \`gru\` | leads | -0.100, no verdict (users) |
| \`markov\` |  | leads |
`);
  expect(dataTable(runs)).toBe(`|  | one | two |
| --- | --- | --- |
| labels that stand in the episode's own support pairs | 50 % |  |
| labels that no train user ever took | 0.5 % |  |
| pairs of train that are later than what is asked, on average | 47 % |  |
`);
  expect(recommendedTable(runs)).toBe(`| coverage@10, gini@10, mean popularity@10 | one | two |
| --- | --- | --- |
| \`gru\` | 0.50, 0.25, 12.3 |  |
`);
});
