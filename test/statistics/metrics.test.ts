import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inReadingOrder,
  isBetter,
  leadingMetric,
  listMetrics,
  metricNames,
  metricOf,
  metrics,
} from '../../src/statistics/metrics.js';

const script = fileURLToPath(new URL('./metrics_by_definition.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import sklearn'], { encoding: 'utf8' });
const absent =
  probe.status === 0 ? undefined : `${python} has no scikit-learn: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the metrics by definition: ${absent}`);

const metricsOf = (ranks: readonly number[]): { readonly [name: string]: number } =>
  Object.fromEntries(metrics.map((metric) => [metric.name, metricOf(metric, ranks)]));

describe('the table of metrics', () => {
  it('gives the values worked out by hand', () => {
    expect(metricsOf([1, 3, 7, 11])).toEqual({
      'accuracy@1': 1 / 4,
      'recall@5': 2 / 4,
      'recall@10': 3 / 4,
      'hit@20': 4 / 4,
      // 1 / log2(2), 1 / log2(4), 1 / log2(8), and nothing beyond ten.
      'ndcg@5': expect.closeTo((1 + 1 / 2) / 4, 15),
      'ndcg@10': expect.closeTo((1 + 1 / 2 + 1 / 3) / 4, 15),
      'map@10': expect.closeTo((1 + 1 / 3 + 1 / 7) / 4, 15),
      mrr: expect.closeTo((1 + 1 / 3 + 1 / 7 + 1 / 11) / 4, 15),
    });
  });

  it.skipIf(absent !== undefined)('gives what RecBole’s definitions and scikit-learn give', () => {
    const ranks = [1, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 19, 20, 21, 30, 30];
    const peer = spawnSync(python, [script], {
      encoding: 'utf8',
      input: JSON.stringify({ ranks, items: 30 }),
    });
    expect(peer.stderr).toBe('');
    const theirs = JSON.parse(peer.stdout) as {
      readonly [by in 'recbole' | 'sklearn']: { readonly [metric: string]: number };
    };
    const own = metricsOf(ranks);
    const close = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, expect.closeTo(own[name] ?? Number.NaN, 12)]));
    expect(theirs.recbole).toEqual(close(metricNames));
    // It has no average precision that is cut.
    expect(theirs.sklearn).toEqual(close(metricNames.filter((name) => name !== 'map@10')));
  });

  it('gives no number for no ranks', () => {
    expect(metricsOf([])['mrr']).toBeNaN();
  });

  it('orders accuracy, recalls and the measures between them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (ranks) => {
        const found = metricsOf(ranks);
        const slack = 1e-12;
        const isOrdered = (...names: readonly string[]) =>
          names.every((name, at) => at === 0 || (found[names[at - 1]!] ?? 0) <= (found[name] ?? 0) + slack);
        expect(isOrdered('accuracy@1', 'recall@5', 'recall@10', 'hit@20')).toBe(true);
        expect(isOrdered('accuracy@1', 'ndcg@5', 'ndcg@10', 'recall@10')).toBe(true);
        expect(isOrdered('accuracy@1', 'map@10', 'mrr')).toBe(true);
        expect(isOrdered('map@10', 'ndcg@10')).toBe(true);
        expect(found['mrr']).toBeLessThanOrEqual(1 + slack);
      }),
    );
  });

  it('has each name once, and never less for a better rank where higher is better', () => {
    expect(new Set(metricNames).size).toBe(metrics.length);
    for (const { name, gain, better } of metrics) {
      for (let rank = 1; rank < 50; rank++) {
        const [near, far] = [gain(rank), gain(rank + 1)];
        expect(better === 'higher' ? near >= far : near <= far, `${name} at ${rank}`).toBe(true);
      }
    }
  });

  it('says in which order metrics are read, which speaks for all, and which value is better', () => {
    expect(inReadingOrder(['zeta', 'mrr', 'alpha', 'accuracy@1', 'mrr'])).toEqual([
      'accuracy@1',
      'mrr',
      'alpha',
      'zeta',
    ]);
    expect(leadingMetric(['zeta', 'mrr', 'ndcg@10'])).toBe('ndcg@10');
    expect(leadingMetric([])).toBeUndefined();
    expect(isBetter('mrr', 0.4, 0.3)).toBe(true);
    expect(isBetter('something of a program', 0.3, 0.4)).toBe(false);
    expect(listMetrics(metrics.slice(0, 1))).toBe('accuracy@1');
    expect(listMetrics(metrics.slice(0, 3), 'or')).toBe('accuracy@1, recall@5 or recall@10');
  });
});
