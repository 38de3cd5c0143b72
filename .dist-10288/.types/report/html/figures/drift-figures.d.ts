import type { DriftSummary } from '../../../artifacts/drift-table.js';
import type { EpisodeDriftRow } from '../run-rows.js';
import { type Figure } from './figure.js';
/** How far adaptation moves the parameters: a histogram over episodes, and each tensor's share. */
export declare function driftFigures(episodes: readonly EpisodeDriftRow[], summaries: readonly DriftSummary[]): readonly Figure[];
/** 1, 2 or 5 times a power of ten, at least `width`; 1 for none. */
export declare function niceWidth(width: number): number;
