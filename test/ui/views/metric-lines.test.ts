import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/artifacts/run-documents.js';
import type { ComparedMetric } from '../../../src/artifacts/summary/summary-rows.js';
import { plainStyle } from '../../../src/ui/style.js';
import { metricLines } from '../../../src/ui/views/metric-lines.js';

const compared: ComparedMetric = {
  difference: 0.1,
  difference_interval: [0.05, 0.15],
  improvement_percent: 50,
  improvement_interval: [20, 80],
  over: 'users',
  distinguishable: 'yes',
};

/** The lines of a run whose summary holds one comparison. */
function linesOf(against: ComparedMetric, width = Number.POSITIVE_INFINITY): string {
  const row = { role: 'val', k: 5, steps: 1, inner_lr: 0.1, unit: 'users', units: 9, n: 90, users: 9 };
  const metric = { value: 0.3, interval: [0.2, 0.4] as const };
  const report = {
    metrics: [],
    summaries: [
      {
        ...row,
        node: 's',
        model: 'base',
        baseline: null,
        metrics: { 'accuracy@1': { ...metric, against: {} } },
      },
      {
        ...row,
        node: 's',
        model: 'new',
        baseline: 'base',
        metrics: { 'accuracy@1': { ...metric, against: { base: against } } },
      },
    ],
    verdict: [],
    breakdowns: [],
    drift: [],
    waivers: [],
    not_deterministic: [],
    synthetic: false,
  } as unknown as Report;
  return metricLines(report, { style: plainStyle, width }).join('\n');
}

describe('a percentage over the baseline', () => {
  it('says whose gain it is where its head has become short', () => {
    const narrow = linesOf(compared, 40);
    expect(narrow).toContain('gain % is accuracy@1, % over baseline');
    expect(narrow).toContain('yes or no: distinguishable from no');
    expect(linesOf(compared)).not.toContain('gain %');
  });

  it('needs no words where it has an interval', () => {
    expect(linesOf(compared)).toContain('+50.0 [20, 80]');
    expect(linesOf(compared)).not.toMatch(/brackets/);
  });

  it('says why it has none: some resample has a baseline of 0, or there is one user only', () => {
    expect(linesOf({ ...compared, improvement_interval: null })).toMatch(
      /\+50\.0 .*resamples are some in which the baseline’s value is 0/s,
    );
    expect(
      linesOf({ ...compared, improvement_interval: null, difference_interval: null, distinguishable: null }),
    ).toContain('figures of a single user or seed');
    const alike = {
      ...compared,
      improvement_interval: null,
      difference_interval: null,
      distinguishable: null,
    };
    expect(linesOf({ ...alike, over: 'seeds', units: 3 })).toMatch(/the same in every seed or fold/);
    expect(linesOf({ ...alike, over: 'seeds', units: 3 })).not.toContain('of a single');
  });

  it('says why it is missing: the baseline is 0', () => {
    expect(linesOf({ ...compared, improvement_percent: null, improvement_interval: null })).toContain(
      'No percentage stands where the baseline’s value is 0',
    );
  });
});
