/** Names of the metrics, in the order in which tables have them. */
export const metricNames = ['accuracy@1', 'mrr', 'ndcg@10', 'recall@10', 'recall@5'] as const;

export type MetricName = (typeof metricNames)[number];

const gains: { readonly [name in MetricName]: (rank: number) => number } = {
  'accuracy@1': (rank) => (rank === 1 ? 1 : 0),
  'recall@5': (rank) => (rank <= 5 ? 1 : 0),
  'recall@10': (rank) => (rank <= 10 ? 1 : 0),
  'ndcg@10': (rank) => (rank <= 10 ? 1 / Math.log2(rank + 1) : 0),
  mrr: (rank) => 1 / rank,
};

/** What one query pair adds to a metric; the metric is the mean over pairs. */
export function gainOf(name: MetricName, rank: number): number {
  return gains[name](rank);
}

/**
 * Each metric's mean over ranks (1 is best), summed in their order; NaN for no ranks. With one relevant item,
 * recall@k is the hit rate, ndcg@10 is 1 / log2(rank + 1) within ten, and mrr is over the full ranking.
 */
export function metricsOf(ranks: readonly number[]): { readonly [name in MetricName]: number } {
  const mean = (name: MetricName) => ranks.reduce((sum, rank) => sum + gainOf(name, rank), 0) / ranks.length;
  return Object.fromEntries(metricNames.map((name) => [name, mean(name)])) as {
    [name in MetricName]: number;
  };
}
