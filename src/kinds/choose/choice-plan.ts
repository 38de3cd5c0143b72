import type { JsonObject } from '../../base/json.js';

/** What a choice is made between, as it stands in the key. */
export interface ChoicePlan extends JsonObject {
  /** For each element of `rows`; not there where no names tell them apart and nothing is averaged over. */
  readonly elements?: readonly PlannedRows[];
  /** Elements that differ in averaged names alone; not there where there is nothing to say of them. */
  readonly groups?: readonly PlannedGroup[];
  /** How many places `chosen` has, where it is a list. */
  readonly places?: number;
  /** Names that say how far a training has come; not there where rows are of no checkpoints. */
  readonly progress?: readonly string[];
}

export interface PlannedRows extends JsonObject {
  /** Those that vary or are named by the parameters; columns are left to the tables. */
  readonly names: JsonObject;
  /** Which of the groups it is in, its own place where none is said. */
  readonly group: number;
}

export interface PlannedGroup extends JsonObject {
  /** Groups of the same chain differ in how far a training has come alone; only with patience. */
  readonly chain?: number;
  /** Which elements of `candidates` are its, one for each place of `chosen`; null where there is none. */
  readonly candidates?: readonly (number | null)[];
}

/** Columns of a table of metrics that are about the value; all others are settings. */
export const valueColumns: readonly string[] = ['metric', 'value', 'low', 'high', 'n', 'users', 'unit'];
