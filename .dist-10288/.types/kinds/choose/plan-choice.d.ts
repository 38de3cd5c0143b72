import type { JsonObject } from '../../base/json.js';
import type { PlannedElement, PlannedLists, StepPlan } from '../kind.js';
/** The parameters of `select` that planning goes by. */
export interface ChoiceNames {
    readonly settings?: readonly string[];
    readonly average?: readonly string[];
    readonly patience?: number;
}
/**
 * Works out the candidates of a choice: which rows are averaged, which follow one another in a training, and which
 * element of `candidates` each is about.
 *
 * @param columns of the tables; undefined where they are not known
 */
export declare function planChoice({ settings, average, patience }: ChoiceNames, { rows, candidates }: PlannedLists, columns: readonly string[] | undefined): StepPlan;
/** An element's names: parameters of its node, else what its label says, the outermost of equals. */
export declare function namesOf({ label, parameters }: Pick<PlannedElement, 'label' | 'parameters'>): JsonObject;
/** The names in which some differ from others. */
export declare function varyingNames(all: readonly JsonObject[]): readonly string[];
