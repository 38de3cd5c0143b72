import type { SummaryRow } from '../artifacts/summary-table.js';
/**
 * What summaries say, a sentence for each model at each setting: the metric that is read first, with its interval,
 * and how it compares with the baseline.
 */
export declare function keyFindings(summaries: readonly SummaryRow[]): readonly string[];
