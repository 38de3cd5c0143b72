/** A measure of how well something ranks: the mean, over query pairs, of what each adds by the rank of its item. */
export interface Metric {
  /** As written in pipelines and shown. */
  readonly name: string;
  /** What a query pair adds whose next item has that rank, from 1 (best). */
  readonly gain: (rank: number) => number;
  /** Which of two values is the better one. */
  readonly better: 'higher' | 'lower';
  /** Whether the step kind `summary` compares models by it. */
  readonly inSummary: boolean;
  /** Whether it is shown even where a narrow terminal has no room for all. */
  readonly essential: boolean;
}

const hit = (within: number) => (rank: number) => (rank <= within ? 1 : 0);
const reciprocal = (within: number) => (rank: number) => (rank <= within ? 1 / rank : 0);
const discounted = (within: number) => (rank: number) => (rank <= within ? 1 / Math.log2(rank + 1) : 0);

/**
 * Every metric, in the order in which they are read; the first that something has speaks for it where there is room
 * for one. All that evaluates, compares, checks or shows metrics goes by this table alone: adding one is a line here.
 *
 * A query pair has one relevant item, so that recall@k and the hit rate are the same number, ndcg@k is
 * 1 / log2(rank + 1) within k, map@k is mrr cut at k (1 / rank within k), and mrr is over the full ranking.
 */
export const metrics = [
  { name: 'accuracy@1', gain: hit(1), better: 'higher', inSummary: true, essential: true },
  { name: 'recall@5', gain: hit(5), better: 'higher', inSummary: true, essential: false },
  { name: 'recall@10', gain: hit(10), better: 'higher', inSummary: true, essential: false },
  { name: 'hit@20', gain: hit(20), better: 'higher', inSummary: false, essential: false },
  { name: 'ndcg@5', gain: discounted(5), better: 'higher', inSummary: false, essential: false },
  { name: 'ndcg@10', gain: discounted(10), better: 'higher', inSummary: false, essential: false },
  { name: 'map@10', gain: reciprocal(10), better: 'higher', inSummary: false, essential: false },
  {
    name: 'mrr',
    gain: reciprocal(Number.POSITIVE_INFINITY),
    better: 'higher',
    inSummary: true,
    essential: true,
  },
] as const satisfies readonly Metric[];

export type MetricName = (typeof metrics)[number]['name'];

/** Names of the metrics, in the order in which they are read. */
export const metricNames: readonly MetricName[] = metrics.map(({ name }) => name);

/** Those by which the step kind `summary` compares models. */
export const summaryMetrics: readonly Metric[] = metrics.filter(({ inSummary }) => inSummary);

/** `accuracy@1, recall@5 and mrr`, for a sentence. */
export function listMetrics(listed: readonly Pick<Metric, 'name'>[], joint: 'and' | 'or' = 'and'): string {
  const names = listed.map(({ name }) => name);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${joint} ${names.at(-1)}`;
}

/** Names as they are read: those of the table in its order, then the others by name. */
export function inReadingOrder(names: Iterable<string>): readonly string[] {
  const present = new Set(names);
  const known: readonly string[] = metricNames.filter((name) => present.has(name));
  return [...known, ...[...present].filter((name) => !known.includes(name)).sort()];
}

/** The metric that speaks for what has these; undefined for none. */
export function leadingMetric(names: Iterable<string>): string | undefined {
  return inReadingOrder(names)[0];
}

/** What programs call their metrics, by the better value; with `@k` behind it, too. */
const usualNames = {
  higher: [
    'accuracy',
    'auc',
    'auroc',
    'f1',
    'hit',
    'hit_rate',
    'map',
    'mrr',
    'ndcg',
    'precision',
    'r2',
    'recall',
  ],
  lower: ['loss', 'mae', 'mse', 'nll', 'perplexity', 'rmse'],
} as const;

/** Which of two values of a metric is the better one, by its usual name; null of a name that says nothing. */
export function betterOf(metric: string): Metric['better'] | null {
  const known = metrics.find(({ name }) => name === metric)?.better;
  if (known !== undefined) return known;
  const called = metric.toLowerCase().replace(/@\d+$/, '');
  const isCalled = (names: readonly string[]) => names.includes(called);
  if (isCalled(usualNames.higher)) return 'higher';
  return isCalled(usualNames.lower) ? 'lower' : null;
}

/** Whether a value of a metric is better than another; of a metric that the table does not have, a higher one. */
export function isBetter(metric: string, value: number, other: number): boolean {
  return betterOf(metric) === 'lower' ? value < other : value > other;
}

/** A metric over ranks (1 is best): the mean of what they add, summed in their order; NaN for no ranks. */
export function metricOf({ gain }: Pick<Metric, 'gain'>, ranks: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < ranks.length; row++) sum += gain(ranks[row] ?? Number.NaN);
  return sum / ranks.length;
}
