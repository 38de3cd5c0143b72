import { describe, expect, it } from 'vitest';
import { driftSummaries, driftTable } from '../../../src/artifacts/drift-table.js';
import { summaryRows } from '../../../src/artifacts/summary/summary-rows.js';
import { comparisonTable, summaryTable } from '../../../src/artifacts/summary/summary-table.js';
import { formatRows } from '../../../src/tables/row-formats.js';

const common = { node: 'summary', role: 'test', inner_lr: null, unit: 'users', units: 40, n: 400, users: 40 };
const rows = summaryRows(
  [
    {
      ...common,
      place: 0,
      model: 'gru',
      k: 5,
      steps: 0,
      metric: 'accuracy@1',
      value: 0.25,
      low: 0.2,
      high: 0.3,
    },
    { ...common, place: 0, model: 'gru', k: 5, steps: 0, metric: 'mrr', value: 0.4, low: 0.35, high: 0.45 },
    {
      ...common,
      place: 1,
      model: 'maml',
      k: 5,
      steps: 3,
      metric: 'accuracy@1',
      value: 0.3,
      low: 0.25,
      high: 0.35,
      baseline: 'gru',
      difference: 0.05,
      difference_low: 0.01,
      difference_high: 0.09,
      improvement_percent: 20,
      improvement_low: 3.5,
      improvement_high: 37.25,
      compared_over: 'users',
      distinguishable: 'yes',
      zero_shot: 'zero',
      zero_shot_difference: -0.01,
      zero_shot_difference_low: -0.03,
      zero_shot_difference_high: 0.01,
      zero_shot_improvement_percent: -3,
      zero_shot_improvement_low: null,
      zero_shot_improvement_high: null,
      zero_shot_compared_over: 'users',
      zero_shot_distinguishable: 'no',
    },
  ],
  ['summary'],
);

describe('a summary', () => {
  it('is one row a model, with what each metric is compared with', () => {
    expect(rows.map(({ model }) => model)).toEqual(['gru', 'maml']);
    expect(rows[0]?.metrics['mrr']).toEqual({ value: 0.4, interval: [0.35, 0.45], against: {} });
    expect(rows[1]?.metrics['accuracy@1']?.against).toEqual({
      gru: {
        difference: 0.05,
        difference_interval: [0.01, 0.09],
        improvement_percent: 20,
        improvement_interval: [3.5, 37.25],
        over: 'users',
        distinguishable: 'yes',
      },
      zero: {
        difference: -0.01,
        difference_interval: [-0.03, 0.01],
        improvement_percent: -3,
        improvement_interval: null,
        over: 'users',
        distinguishable: 'no',
      },
    });
  });

  it('prints as the notebook’s table, and as one of differences', () => {
    expect(formatRows(summaryTable(rows), 'csv')).toBe(
      `model,k,steps,accuracy@1,mrr,"accuracy@1, % over baseline",over,n,users
gru,5,0,"0.2500 [0.200, 0.300]","0.4000 [0.350, 0.450]",,40 users,400,40
maml,5,3,"0.3000 [0.250, 0.350]",,"+20.0 [4, 37]",40 users,400,40
`,
    );
    expect(formatRows(comparisonTable(rows), 'csv')).toBe(
      `model,k,steps,against,accuracy@1 (distinguishable),mrr (distinguishable),over
maml,5,3,gru,"+0.0500 [0.010, 0.090] yes",,users
maml,5,3,zero,"-0.0100 [-0.030, 0.010] no",,users
`,
    );
  });
});

describe('the drift of parameters', () => {
  it('prints as medians with quartiles', () => {
    const drift = driftSummaries(
      [
        {
          node: 'few_shot',
          role: 'test',
          k: 5,
          steps: 3,
          tensor: 'fc.bias',
          norm_before: 1.5,
          norm_after_lower: 1.5,
          norm_after_median: 1.51,
          norm_after_upper: 1.525,
          norm_of_change_lower: 0.1,
          norm_of_change_median: 0.2,
          norm_of_change_upper: 0.3,
          episodes: 40,
        },
      ],
      ['few_shot'],
    );
    expect(driftTable(drift).rows).toEqual([
      ['few_shot', 5, 3, 'fc.bias', '1.5000', '1.5100 [1.500, 1.525]', '0.2000 [0.100, 0.300]', 40],
    ]);
  });
});
