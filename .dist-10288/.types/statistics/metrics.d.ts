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
/**
 * Every metric, in the order in which they are read; the first that something has speaks for it where there is room
 * for one. All that evaluates, compares, checks or shows metrics goes by this table alone: adding one is a line here.
 *
 * A query pair has one relevant item, so that recall@k and the hit rate are the same number, ndcg@k is
 * 1 / log2(rank + 1) within k, and mrr is over the full ranking.
 */
export declare const metrics: readonly [{
    readonly name: 'accuracy@1';
    readonly gain: (rank: number) => 0 | 1;
    readonly better: 'higher';
    readonly inSummary: true;
    readonly essential: true;
}, {
    readonly name: 'recall@5';
    readonly gain: (rank: number) => 0 | 1;
    readonly better: 'higher';
    readonly inSummary: true;
    readonly essential: false;
}, {
    readonly name: 'recall@10';
    readonly gain: (rank: number) => 0 | 1;
    readonly better: 'higher';
    readonly inSummary: true;
    readonly essential: false;
}, {
    readonly name: 'hit@20';
    readonly gain: (rank: number) => 0 | 1;
    readonly better: 'higher';
    readonly inSummary: false;
    readonly essential: false;
}, {
    readonly name: 'ndcg@5';
    readonly gain: (rank: number) => number;
    readonly better: 'higher';
    readonly inSummary: false;
    readonly essential: false;
}, {
    readonly name: 'ndcg@10';
    readonly gain: (rank: number) => number;
    readonly better: 'higher';
    readonly inSummary: false;
    readonly essential: false;
}, {
    readonly name: 'mrr';
    readonly gain: (rank: number) => number;
    readonly better: 'higher';
    readonly inSummary: true;
    readonly essential: true;
}];
export type MetricName = (typeof metrics)[number]['name'];
/** Names of the metrics, in the order in which they are read. */
export declare const metricNames: readonly MetricName[];
/** Those by which the step kind `summary` compares models. */
export declare const summaryMetrics: readonly Metric[];
/** `accuracy@1, recall@5 and mrr`, for a sentence. */
export declare function listMetrics(listed: readonly Pick<Metric, 'name'>[], joint?: 'and' | 'or'): string;
/** Names as they are read: those of the table in its order, then the others by name. */
export declare function inReadingOrder(names: Iterable<string>): readonly string[];
/** The metric that speaks for what has these; undefined for none. */
export declare function leadingMetric(names: Iterable<string>): string | undefined;
/** Whether a value of a metric is better than another; of a metric that the table does not have, a higher one. */
export declare function isBetter(metric: string, value: number, other: number): boolean;
/** A metric over ranks (1 is best): the mean of what they add, summed in their order; NaN for no ranks. */
export declare function metricOf({ gain }: Pick<Metric, 'gain'>, ranks: ArrayLike<number>): number;
