import type { MetricRow } from '../../../artifacts/metric-table.js';
import type { Figure } from './figure.js';
/**
 * The sweeps of programs: for each step that was run with several values of two parameters or more, its metric over the
 * two that have the most values, as means over the others.
 */
export declare function sweepFigures(metrics: readonly MetricRow[]): readonly Figure[];
