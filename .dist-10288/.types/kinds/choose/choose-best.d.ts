import type { JsonObject } from '../../base/json.js';
import type { ChoicePlan } from './choice-plan.js';
export type Mode = 'max' | 'min';
/** One value of the metric that is chosen by. */
export interface ScoredRow {
    /** Which of the tables it stands in, from 0. */
    readonly index: number;
    /** The table's further columns. */
    readonly columns: JsonObject;
    /** May be no number, as after a training that diverged. */
    readonly value: number;
    /** Query pairs and users that the value is over, where the table tells. */
    readonly n?: number;
    readonly users?: number;
}
/** What is chosen between: rows that differ in averaged names alone. */
export interface Candidate {
    readonly group: number;
    /** Without the averaged ones. */
    readonly columns: JsonObject;
    /** Those that count; none where no value is a number. */
    readonly rows: readonly ScoredRow[];
    /** Their mean. */
    readonly value: number;
}
export interface ChoiceOptions extends Pick<ChoicePlan, 'elements' | 'groups'> {
    readonly mode: Mode;
    readonly average: readonly string[];
    readonly patience?: number;
}
/** Whether a value can be chosen by. */
export declare function counts({ value, n }: ScoredRow): boolean;
/**
 * The best candidate, the first of equals in the order of the plan; undefined where no row counts.
 *
 * @param rows table by table, in each in an order of its own
 */
export declare function chooseBest(rows: readonly ScoredRow[], options: ChoiceOptions): Candidate | undefined;
