import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random.js';
import {
  bootstrapInterval,
  distinguishableOver,
  expandedTail,
  isDistinguishable,
  percentileInterval,
  resampledMeans,
} from '../../src/statistics/bootstrap.js';
import { fewestUsers } from '../../src/statistics/enough-users.js';
import { metrics } from '../../src/statistics/metrics.js';
import { runsSlowTests } from '../support/slow-tests.js';

const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import scipy.stats'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no scipy: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the comparison with SciPy: ${absent}`);

const gainOfMrr = metrics.find(({ name }) => name === 'mrr')!.gain;

/** Ranks of `users` people, a few query pairs each, as no two people are alike. */
function ranksOf(users: number, purpose: string): readonly (readonly number[])[] {
  return Array.from({ length: users }, (_, user) => {
    const random = randomStream(1, purpose, user);
    const spread = 1 + random.integer(40);
    return Array.from({ length: 3 + random.integer(8) }, () => 1 + random.integer(spread));
  });
}

const sumsOf = (ranks: readonly (readonly number[])[]) =>
  Float64Array.from(ranks, (own) => own.reduce((sum, rank) => sum + gainOfMrr(rank), 0));

describe('resampled means', () => {
  it('are the same for columns that are, lie between the users’, and depend on nothing but the arguments', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 9 })), { minLength: 1 }),
        (users) => {
          const counts = Float64Array.from(users, ([, count]) => count);
          const sums = Float64Array.from(users, ([sum]) => sum);
          const [one, same] = resampledMeans([sums, sums.slice()], counts);
          expect(same).toEqual(one);
          const means = Array.from(sums, (sum, user) => sum / (counts[user] ?? 0));
          expect(one?.every((mean) => mean >= Math.min(...means) - 1e-9)).toBe(true);
          expect(one?.every((mean) => mean <= Math.max(...means) + 1e-9)).toBe(true);
          expect(resampledMeans([sums], counts)[0]).toEqual(one);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('a difference', () => {
  it('can be told from none where its interval leaves 0 out', () => {
    expect([
      isDistinguishable({ low: 0.01, high: 0.2 }),
      isDistinguishable({ low: -0.2, high: -0.01 }),
      isDistinguishable({ low: -0.01, high: 0.2 }),
      isDistinguishable({ low: 0, high: 0.2 }),
      isDistinguishable({ low: 0, high: 0 }),
    ]).toEqual([true, true, false, false, false]);
  });
});

describe('the share of resamples outside of an interval', () => {
  // scipy.stats: norm.cdf(-sqrt(n / (n - 1)) * t.ppf(0.975, n - 1))
  it.each([
    [2, 1.695219061483072e-72],
    [3, 6.834137304562962e-8],
    [5, 0.0009541005518824723],
    [10, 0.008550639025807874],
    [30, 0.01875390027822054],
    [100, 0.02306438721135478],
    [1000, 0.024804305905564344],
  ])('for %i users is SciPy’s', (users, expected) => {
    expect(expandedTail(users)).toBeCloseTo(expected, 9);
  });
});

describe('intervals by simulation', () => {
  // As many draws of users from a population that is known: 46 % right answers of ten, users differing as in the
  // embedded data; the other model gives half of the answers anew, so that it is neither better nor worse.
  const draws = 1500;
  const query = 10;

  function drawn(users: number): {
    sums: readonly Float64Array[];
    differences: readonly Float64Array[];
    counts: Float64Array;
  } {
    const random = randomStream(3, 'coverage', users);
    const sums: Float64Array[] = [];
    const differences: Float64Array[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const own = new Float64Array(users);
      const other = new Float64Array(users);
      for (let user = 0; user < users; user++) {
        // The middle one of three uniform draws: a beta distribution of 2 and 2.
        const [, share = 0] = [random.float64(), random.float64(), random.float64()].sort();
        for (let pair = 0; pair < query; pair++) {
          const right = random.float64() < share ? 1 : 0;
          own[user]! += right;
          other[user]! += random.float64() < 0.5 ? right : random.float64() < share ? 1 : 0;
        }
      }
      sums.push(own);
      differences.push(own.map((sum, user) => sum - other[user]!));
    }
    return { sums, differences, counts: new Float64Array(users).fill(query) };
  }

  const rate = (holds: readonly boolean[]) => holds.filter(Boolean).length / holds.length;

  // 1,500 draws of 95 % have a standard error of 0.56 %; the bounds are three of these around 95 and 5 %. Plain
  // percentiles over ten users hold 93 times of 100 and find 8 differences that are none.
  it.each(runsSlowTests ? [10, 30, 100, 300] : [10, 30, 100])(
    'over %i users hold 95 times of 100, and find no difference too often',
    (users) => {
      const { sums, differences, counts } = drawn(users);
      const covers = resampledMeans(sums, counts).map((means) => {
        const { low, high } = bootstrapInterval(means, users);
        return low <= 0.5 && 0.5 <= high;
      });
      const differing = resampledMeans(differences, counts).map(
        (means) => distinguishableOver(bootstrapInterval(means, users), users) === 'yes',
      );
      expect(Math.abs(rate(covers) - 0.95), `coverage ${rate(covers)}`).toBeLessThan(0.017);
      expect(rate(differing), 'differences that are none').toBeLessThan(0.067);
    },
  );

  it('say nothing of differences over fewer than ten users', () => {
    expect(distinguishableOver({ low: 0.1, high: 0.2 }, fewestUsers - 1)).toBe(null);
  });
});

describe.skipIf(absent !== undefined)('intervals against scipy.stats.bootstrap', () => {
  // SciPy draws differently, so both ends carry Monte Carlo error: its standard error is measured from repetitions.
  const script = `
import json, sys
import numpy as np
from scipy.stats import bootstrap
given = json.load(sys.stdin)
one, other, counts = (np.array(given[name]) for name in ('one', 'other', 'counts'))
statistics = {
    'mean': lambda a, b, c, axis: a.sum(axis=axis) / c.sum(axis=axis),
    'difference': lambda a, b, c, axis: (a.sum(axis=axis) - b.sum(axis=axis)) / c.sum(axis=axis),
}
result = {}
for name, statistic in statistics.items():
    ends = []
    for seed in range(40):
        found = bootstrap((one, other, counts), statistic, paired=True, vectorized=True, n_resamples=2000,
                          confidence_level=0.95, method='percentile', random_state=seed, batch=200)
        ends.append([found.confidence_interval.low, found.confidence_interval.high])
    result[name] = {'mean': np.mean(ends, axis=0).tolist(), 'error': np.std(ends, axis=0, ddof=1).tolist()}
print(json.dumps(result))
`;

  it('agree on a mean and a paired difference within three Monte Carlo standard errors', () => {
    const ranks = ranksOf(60, 'one');
    // The same people and query pairs, ranked by a model that is a little better.
    const better = ranks.map((own, user) =>
      own.map((rank) => (user % 3 === 0 ? Math.max(1, rank - 2) : rank)),
    );
    const counts = Float64Array.from(ranks, (own) => own.length);
    const columns = { one: sumsOf(better), other: sumsOf(ranks) };
    const input = JSON.stringify({
      one: Array.from(columns.one),
      other: Array.from(columns.other),
      counts: Array.from(counts),
    });
    const peer = spawnSync(python, ['-c', script], { encoding: 'utf8', input });
    expect(peer.stderr).toBe('');
    const theirs = JSON.parse(peer.stdout) as Record<
      'mean' | 'difference',
      { mean: number[]; error: number[] }
    >;
    const [one, other] = resampledMeans([columns.one, columns.other], counts);
    const ours = {
      mean: percentileInterval(one ?? new Float64Array(), 0.025),
      difference: percentileInterval(
        (one ?? new Float64Array()).map((mean, resample) => mean - (other?.[resample] ?? Number.NaN)),
        0.025,
      ),
    };
    for (const name of ['mean', 'difference'] as const) {
      const { mean, error } = theirs[name];
      for (const [end, value] of [ours[name].low, ours[name].high].entries()) {
        expect(Math.abs(value - (mean[end] ?? 0)), `${name} ${end}`).toBeLessThan(3 * (error[end] ?? 0));
      }
    }
    expect(isDistinguishable(ours.difference)).toBe(true);
  });

  it('interpolate percentiles as numpy does', () => {
    const values = Float64Array.from({ length: 37 }, (_, index) => randomStream(2, 'values', index).normal());
    const code =
      'import json, sys, numpy; print(json.dumps(numpy.percentile(json.load(sys.stdin), [2.5, 97.5]).tolist()))';
    const peer = spawnSync(python, ['-c', code], { encoding: 'utf8', input: JSON.stringify([...values]) });
    const [low, high] = JSON.parse(peer.stdout) as number[];
    const ours = percentileInterval(values, 0.025);
    expect(ours.low).toBeCloseTo(low ?? Number.NaN, 12);
    expect(ours.high).toBeCloseTo(high ?? Number.NaN, 12);
  });
});
