import type { MetricRow } from '../artifacts/metric-table.js';
import { type Database } from '../tables/database.js';
/** The query pairs of one setting with their ranks, users in order of their ids. */
export interface RankedPairs {
    /** Names each pair in its episode, label included: equal names are the same question. */
    readonly names: readonly string[];
    readonly users: readonly string[];
    readonly ranks: Int32Array;
}
/** A setting's name among those of a run. */
export declare function settingName({ node, k, steps, inner_lr, }: Pick<MetricRow, 'node' | 'k' | 'steps' | 'inner_lr'>): string;
/** The ranks of nodes in a run's table `ranks`, by `settingName`. */
export declare function readRankedPairs(database: Database, path: string, nodes: ReadonlySet<string>): Promise<ReadonlyMap<string, RankedPairs>>;
/** Those of the pairs whose names are among these, in their order. */
export declare function onlyNamed({ names, users, ranks }: RankedPairs, wanted: ReadonlySet<string>): RankedPairs;
