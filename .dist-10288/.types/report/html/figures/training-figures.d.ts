import type { MetricRow } from '../../../artifacts/metric-table.js';
import type { RunRows } from '../run-rows.js';
import { type Figure } from './figure.js';
/**
 * Training: for each step its loss, and beside it the validation metric of its checkpoints where there is one; of a
 * program all that it told.
 */
export declare function trainingFigures(rows: RunRows, metrics: readonly MetricRow[], kindOfStep: ReadonlyMap<string, string>): readonly Figure[];
/** The chain of segments that a node is of: `meta_train[seed=1]` for `meta_train[seed=1]@200`. */
export declare function chainOfSegments(node: string, kind: string): string;
