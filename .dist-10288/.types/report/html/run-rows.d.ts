import type { Json } from '../../base/json.js';
/** A parameter of a node as the user gave it. */
export interface ParameterRow {
    readonly node: string;
    readonly name: string;
    readonly value: Json;
}
/** A file that a node read. */
export interface LineageRow {
    readonly node: string;
    readonly input: string;
    readonly source_node: string | null;
    readonly source_output: string | null;
    /** `train val`; empty for a catalogue. */
    readonly roles: string;
    /** Outside the cache. */
    readonly file: string | null;
    readonly digest: string | null;
}
/** The mean of one value of a node's training over neighbouring iterations. */
export interface CurveRow {
    readonly node: string;
    readonly step: string;
    /** What it is, such as `loss`. */
    readonly name: string;
    /** The last iteration of the mean. */
    readonly iteration: number;
    readonly value: number;
}
/** How far the training of a step is told in detail: iterations for each of its `CurveRow`s. */
export interface HistoryReach {
    readonly node: string;
    readonly step: string;
    readonly iterations: number;
    readonly last_iteration: number;
    readonly iterations_per_row: number;
}
/** How far all parameters together moved in one episode. */
export interface EpisodeDriftRow {
    readonly node: string;
    readonly role: string | null;
    readonly k: number;
    readonly steps: number;
    readonly episode_id: number;
    /** Euclidean norm over all parameters of the change, divided by that of the parameters before. */
    readonly relative_change: number;
}
/** What a report shows beyond the figures of report.json, from the tables of a run. */
export interface RunRows {
    readonly parameters: readonly ParameterRow[];
    readonly lineage: readonly LineageRow[];
    readonly history: readonly HistoryReach[];
    readonly curves: readonly CurveRow[];
    /** Of each node at its greatest K and, there, most steps: what a histogram is made of. */
    readonly drift: readonly EpisodeDriftRow[];
}
/**
 * Reads them from a run's folder of tables, which must have been verified; small whatever the run was.
 *
 * @param settings columns that are about the node of a row, and no values of its training
 */
export declare function readRunRows(tables: string, settings: readonly string[]): Promise<RunRows>;
