import { type SummaryRow } from '../../../artifacts/summary-table.js';
import { type Figure } from './figure.js';
/** A figure for each summary whose models have one setting each: the leading metric with its interval. */
export declare function comparisonFigures(summaries: readonly SummaryRow[]): readonly Figure[];
