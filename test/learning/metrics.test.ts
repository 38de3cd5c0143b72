import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../src/learning/metrics.js';

describe('metricsOf', () => {
  it('gives the values worked out by hand', () => {
    expect(metricsOf([1, 3, 7, 11])).toEqual({
      'accuracy@1': 1 / 4,
      'recall@5': 2 / 4,
      'recall@10': 3 / 4,
      // 1 / log2(2), 1 / log2(4), 1 / log2(8), and nothing beyond ten.
      'ndcg@10': expect.closeTo((1 + 1 / 2 + 1 / 3) / 4, 15),
      mrr: expect.closeTo((1 + 1 / 3 + 1 / 7 + 1 / 11) / 4, 15),
    });
  });

  it('is no number for no ranks', () => {
    expect(metricsOf([]).mrr).toBeNaN();
  });

  it('orders accuracy, recalls and the measures between them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (ranks) => {
        const found = metricsOf(ranks);
        const slack = 1e-12;
        expect(found['accuracy@1']).toBeLessThanOrEqual(found['recall@5']);
        expect(found['recall@5']).toBeLessThanOrEqual(found['recall@10']);
        expect(found['accuracy@1']).toBeLessThanOrEqual(found['ndcg@10'] + slack);
        expect(found['ndcg@10']).toBeLessThanOrEqual(found['recall@10'] + slack);
        expect(found['accuracy@1']).toBeLessThanOrEqual(found.mrr + slack);
        expect(found.mrr).toBeLessThanOrEqual(1 + slack);
      }),
    );
  });
});
