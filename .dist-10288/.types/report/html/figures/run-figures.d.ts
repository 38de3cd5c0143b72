import type { Manifest, Report } from '../../../artifacts/run-documents.js';
import type { RunRows } from '../run-rows.js';
import { type Figure } from './figure.js';
/** All figures that the data of a run gives, in the order in which they are read, and how many there were too many. */
export declare function runFigures(report: Report, manifest: Manifest, rows: RunRows): {
    readonly figures: readonly Figure[];
    readonly left: number;
};
