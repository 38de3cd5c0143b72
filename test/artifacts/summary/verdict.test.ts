import { describe, expect, it } from 'vitest';
import type { SummaryRow } from '../../../src/artifacts/summary/summary-rows.js';
import { verdictOf } from '../../../src/artifacts/summary/verdict.js';

interface Told {
  readonly value: number | null;
  /** Against the leader; absent of the leader itself. */
  readonly behind?: readonly [difference: number, low: number | null, high: number | null] | 'incomparable';
  readonly unit?: string;
  readonly units?: number;
  readonly better?: 'higher' | 'lower' | null;
  readonly metric?: string;
  readonly node?: string;
  readonly role?: string;
}

function row(model: string, told: Told): SummaryRow {
  const { value, behind, unit = 'users', units = 170, better = 'higher', metric = 'accuracy@1' } = told;
  const [difference = 0, low = null, high = null] = Array.isArray(behind) ? behind : [];
  const ends = low === null || high === null ? null : ([low, high] as const);
  return {
    node: told.node ?? 'summary',
    role: told.role ?? 'test',
    model,
    k: null,
    steps: null,
    inner_lr: null,
    unit,
    units,
    n: 10 * units,
    users: unit === 'users' ? units : null,
    baseline: null,
    metrics: {
      [metric]: {
        value,
        interval: null,
        against: {},
        better,
        ...(behind === undefined ? {} : { leader: 'the leader' }),
        ...(Array.isArray(behind)
          ? {
              beside_leader: {
                difference,
                difference_interval: ends,
                over: unit,
                units,
                distinguishable:
                  ends === null || (unit === 'users' && units < 10)
                    ? null
                    : ends[0] > 0 || ends[1] < 0
                      ? 'yes'
                      : 'no',
              },
            }
          : {}),
      },
    },
  };
}

const tuned = row('gru_fine_tuned', { value: 0.4 });

describe('a verdict', () => {
  it('says what leads, by how much over what, and what cannot be told apart', () => {
    expect(
      verdictOf([
        row('few_shot', { value: 0.366, behind: [-0.034, -0.052, -0.016] }),
        tuned,
        row('markov', { value: 0.39, behind: [-0.01, -0.03, 0.01] }),
        row('random', { value: 0.01, behind: [-0.39, -0.42, -0.36] }),
      ]),
    ).toEqual([
      'gru_fine_tuned leads few_shot by 0.034 [0.016, 0.052] in accuracy@1 on test data, 170 users; cannot be told apart from markov.',
    ]);
  });

  it('says that nothing leads where nothing can be told from the best', () => {
    const others = ['a', 'b', 'c', 'd', 'e', 'f'].map((model) =>
      row(model, { value: 0.39, behind: [-0.01, -0.03, 0.01] }),
    );
    expect(verdictOf([tuned, ...others])).toEqual([
      'gru_fine_tuned has the highest accuracy@1 0.4000 on test data, 170 users; cannot be told apart from a, b, c, d and 2 more.',
    ]);
  });

  it('says that seeds which all differ alike tell nothing', () => {
    const best = row('best', { value: 0.4, unit: 'seeds', units: 3 });
    const other = row('other', { value: 0.3, behind: [-0.1, null, null], unit: 'seeds', units: 3 });
    expect(verdictOf([best, other])).toEqual([
      'best has the highest accuracy@1 0.4000 on test data, only 3 seeds; nothing says whether other can be told from it (the difference is the same in all 3 seeds).',
    ]);
  });

  it('gives nobody the lead over what is ahead of it where both were measured', () => {
    const seeds = { unit: 'seeds', units: 3 } as const;
    expect(
      verdictOf([
        row('a', { value: 0.633, ...seeds }),
        row('b', { value: 0.605, behind: [0.105, 0.041, 0.169], ...seeds }),
      ]),
    ).toEqual([
      'a has the highest accuracy@1 0.6330 on test data, only 3 seeds; b is ahead of it where both were measured.',
    ]);
  });

  it('counts what a difference is over, not what its leader was measured on', () => {
    const [leader, rival] = [
      row('a', { value: 0.7, unit: 'seeds', units: 6 }),
      row('b', { value: 0.6, behind: [-0.05, -0.06, -0.04], unit: 'seeds', units: 6 }),
    ];
    const found = rival.metrics['accuracy@1']!;
    const short = {
      ...rival,
      metrics: { 'accuracy@1': { ...found, beside_leader: { ...found.beside_leader!, units: 2 } } },
    };
    expect(verdictOf([leader, short])).toEqual([
      'a leads b by 0.050 [0.040, 0.060] in accuracy@1 on test data, only 2 seeds.',
    ]);
  });

  it('is honest of what has no interval, of one model alone, and of what was measured on something else', () => {
    const single = { unit: 'seeds', units: 1 } as const;
    expect(
      verdictOf([
        row('a', { value: 0.4, ...single }),
        row('b', { value: 0.3, behind: [-0.1, null, null], ...single }),
      ]),
    ).toEqual([
      'a has the highest accuracy@1 0.4000 on test data, only 1 seed; nothing says whether b can be told from it.',
    ]);
    expect(verdictOf([tuned])).toEqual([
      'gru_fine_tuned has accuracy@1 0.4000 on test data, 170 users; nothing stands beside it.',
    ]);
    expect(verdictOf([tuned, row('b', { value: 0.3, behind: 'incomparable' })])).toEqual([
      'gru_fine_tuned has the highest accuracy@1 0.4000 on test data, 170 users; not compared with b, measured on something else.',
    ]);
    expect(verdictOf([row('a', { value: null })])).toEqual([]);
    expect(verdictOf([])).toEqual([]);
  });

  it('reads a loss the right way round, over seeds, and says where the direction is not known', () => {
    const loss = (better: 'lower' | null) => ({ metric: 'loss', unit: 'seeds', units: 3, better });
    expect(
      verdictOf([
        row('a', { value: 0.51, ...loss('lower') }),
        row('b', { value: 0.71, behind: [0.2, 0.15, 0.25], ...loss('lower') }),
      ]),
    ).toEqual(['a leads b by 0.200 [0.150, 0.250] in loss on test data, only 3 seeds.']);
    expect(
      verdictOf([
        row('b', { value: 0.71, ...loss(null) }),
        row('a', { value: 0.51, behind: [-0.2, -0.25, -0.15], ...loss(null) }),
      ]),
    ).toEqual([
      'b is above a by 0.200 [0.150, 0.250] in loss on test data, only 3 seeds (whether a high loss is good is not known; where it is not, lower_is_better of the summary says so).',
    ]);
  });

  it('speaks for the summaries on test data, by name where there are several, and not for those of earlier versions', () => {
    const val = row('v', { value: 0.9, node: 'tuning', role: 'val' });
    expect(verdictOf([val, tuned])).toHaveLength(1);
    expect(verdictOf([val, tuned])[0]).toMatch(/^gru_fine_tuned/);
    expect(
      verdictOf([tuned, row('x', { value: 0.2, node: 'other' })]).map((text) => text.split(':')[0]),
    ).toEqual(['summary', 'other']);
    expect(verdictOf([tuned, row('old', { value: 0.3 })])).toEqual([]);
  });

  it('concludes nothing from fewer than ten users, and says so', () => {
    const few = { units: 7 } as const;
    expect(
      verdictOf([
        row('markov', { ...few, value: 0.4 }),
        row('gru', { ...few, value: 0.3, behind: [-0.1, -0.15, -0.05] }),
      ]),
    ).toEqual([
      'markov has the highest accuracy@1 0.4000 on test data, 7 users; nothing says whether gru can be told from it (the difference is over 7 users only).',
    ]);
  });
});
