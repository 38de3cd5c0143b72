import { describe, expect, it } from 'vitest';
import {
  breakdownRows,
  breakdownSections,
  breakdownTable,
} from '../../../src/artifacts/summary/breakdown-table.js';
import { renderPage } from '../../../src/report/html/render-page.js';
import { formatRows } from '../../../src/tables/row-formats.js';
import { plainStyle } from '../../../src/ui/style.js';
import { metricLines } from '../../../src/ui/views/metric-lines.js';
import { valueRun } from '../../report/html/sample-contents.js';

const group = (at_least: number, group_name: string, n: number) => ({
  node: 'groups',
  role: 'test',
  inner_lr: null,
  grouped_by: 'train_count',
  at_least,
  at_most: at_least === 0 ? 0 : null,
  group_name,
  n,
  users: n / 2,
});
const metric = (name: string, value: number | null) => ({
  metric: name,
  value,
  low: value === null ? null : value - 0.05,
  high: value === null ? null : value + 0.05,
});
const gru = { place: 0, model: 'gru', k: 3, steps: 0 };
const maml = { place: 1, model: 'maml', k: 3, steps: 5 };
const above = {
  baseline: 'gru',
  difference: 0.25,
  difference_low: 0.1,
  difference_high: 0.4,
  distinguishable: 'yes',
};
const rows = breakdownRows(
  [
    { ...gru, ...group(0, 'never', 0), ...metric('accuracy@1', null) },
    { ...gru, ...group(1, '1 or more', 80), ...metric('accuracy@1', 0.25) },
    { ...gru, ...group(1, '1 or more', 80), ...metric('mrr', 0.4) },
    { ...maml, ...group(0, 'never', 0), ...metric('accuracy@1', null) },
    { ...maml, ...group(1, '1 or more', 80), ...metric('accuracy@1', 0.5), ...above },
    { ...maml, ...group(1, '1 or more', 80), ...metric('mrr', 0.3), ...above, difference: -0.1 },
  ],
  ['groups'],
);

describe('breakdowns', () => {
  it('have a row for each model and group, with all metrics and how they compare', () => {
    expect(rows.map(({ model, group: name, n, baseline }) => [model, name, n, baseline])).toEqual([
      ['gru', 'never', 0, null],
      ['gru', '1 or more', 80, null],
      ['maml', 'never', 0, null],
      ['maml', '1 or more', 80, 'gru'],
    ]);
    expect(rows[1]?.metrics).toEqual({
      'accuracy@1': { value: 0.25, interval: [0.2, 0.3] },
      mrr: { value: 0.4, interval: [0.35000000000000003, 0.45] },
    });
    expect(rows[3]?.metrics['mrr']?.beside_baseline).toEqual({
      difference: -0.1,
      difference_interval: [0.1, 0.4],
      over: 'users',
      units: 40,
      distinguishable: 'yes',
    });
  });

  it('are printed with an arrow where a model is told from the baseline', () => {
    const [section, ...others] = breakdownSections(rows);
    expect(others).toEqual([]);
    expect(section === undefined ? '' : formatRows(breakdownTable(section), 'table')).toBe(
      [
        'model                        never (0)  1 or more (80)',
        '---------------------------  ---------  -----------------------',
        'gru                                     0.2500 [0.200, 0.300]',
        'maml (K = 3, 5 inner steps)             0.5000 [0.450, 0.550] ▲',
        '',
      ].join('\n'),
    );
  });

  it('stand among the results, and in a section of the report', () => {
    const contents = valueRun(1, { report: { breakdowns: rows } });
    const figures = {
      ...contents.report,
      metrics: [{ role: 'test', values: {}, intervals: {}, settings: {} }],
    };
    const lines = metricLines(figures as unknown as typeof contents.report, {
      style: plainStyle,
      width: 200,
    });
    expect(lines).toContain(
      'groups (TEST): accuracy@1 by how often train has the item that followed (query pairs); ▲ and ▼: distinguishably above and below gru',
    );
    const html = renderPage({ contents, figures: [], figuresLeft: 0, files: [] });
    expect(html).toContain('<h2 id="groups">By groups</h2>');
    expect(html).toMatch(/80 pairs, 40 users/);
    expect(html).toMatch(/<a href="#groups">/);
    expect(renderPage({ contents: valueRun(1), figures: [], figuresLeft: 0, files: [] })).not.toContain(
      'id="groups"',
    );
  });
});
