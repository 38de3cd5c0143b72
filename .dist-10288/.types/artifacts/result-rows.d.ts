import { type JsonObject } from '../base/json.js';
import { type Role } from '../base/role.js';
import type { Content } from '../kinds/kind.js';
import type { Digest } from '../store/entry.js';
import type { CellInput } from '../tables/parquet.js';
import type { FinishedNode, FinishedRun } from './finished-run.js';
type Row = {
    readonly [column: string]: CellInput;
};
/** The row of table `runs`; `run` is the run's identity. */
export declare function runRow(finished: FinishedRun, run: string): {
    readonly [column: string]: null | boolean | number | string;
};
/** The rows of table `steps`. */
export declare function stepRows(finished: FinishedRun, run: string): readonly Row[];
/**
 * The rows of table `params`: what the user gave each node, matrix values included; of what a step declares, what was
 * chosen for it.
 */
export declare function paramRows(finished: FinishedRun, run: string): readonly Row[];
/** The rows of table `lineage`: the files that each node read. */
export declare function lineageRows(finished: FinishedRun, run: string): readonly Row[];
/** A file that a node gave, such as a parquet file to become rows of a result table. */
export interface ResultFile {
    readonly node: string;
    readonly step: string;
    /** Port, then path inside it. */
    readonly output: string;
    /** The node that its rows are of: of a derived one, that which it is derived from. */
    readonly shownAs: string;
    readonly role: Role | null;
    /** What tells the node from others of its step. */
    readonly names: JsonObject;
    readonly digest: Digest;
    readonly bytes: number;
}
/** Contents that become result tables, by the table. */
export declare const tableContents: {
    readonly metrics: 'metrics';
    readonly history: 'history';
    readonly ranks: 'ranks';
    readonly drift: 'drift';
    readonly drift_summary: 'drift-summary';
    readonly summary: 'summary';
};
/** A table whose rows are those of nodes' outputs. */
export type CollectedTable = keyof typeof tableContents;
/** The tables that figures are shown from. */
export declare const shownTables: readonly ['metrics', 'summary', 'drift_summary'];
/** The files of nodes' outputs that become a result table. */
export declare function resultFiles(nodes: readonly Pick<FinishedNode, 'node' | 'entry'>[], table: CollectedTable): readonly ResultFile[];
/** The files of one content among nodes' outputs. */
export declare function filesOfContent(nodes: readonly Pick<FinishedNode, 'node' | 'entry'>[], content: Content): readonly ResultFile[];
/** Whether any node made its data up. */
export declare function isSynthetic({ nodes }: Pick<FinishedRun, 'nodes'>): boolean;
/**
 * The evaluations on test data: for each node whose metrics are of role test, the contents of each input that is
 * of role test itself, and the node's key.
 */
export declare function testEvaluations(finished: FinishedRun): readonly {
    readonly test_set: Digest;
    readonly key: Digest;
}[];
export {};
