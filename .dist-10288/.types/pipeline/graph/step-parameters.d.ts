import type { Location } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import type { StepSpec } from '../spec/step-spec.js';
import { type LocatedValue, type ReportFailure } from '../text/located-value.js';
import { type Combination } from './expand-matrix.js';
import { type ParameterValidators } from './parameter-errors.js';
export interface StepParameters {
    /** As written. */
    readonly given: JsonObject;
    /** With the defaults of the kind's schema. */
    readonly full: JsonObject;
}
export interface ParameterReader {
    /** Undefined where they are not valid, which has been reported. */
    read(combination: Combination): StepParameters | undefined;
}
/**
 * Reads a step's parameters for each combination of its matrix, and checks them by the kind's schema.
 *
 * @param isSetting Whether a parameter may come from the step's settings, so that it need not be written.
 */
export declare function createParameterReader(step: StepSpec, validators: ParameterValidators, isSetting: (name: string) => boolean, report: ReportFailure): ParameterReader;
/** Where a parameter stands. */
export interface FoundParameter {
    /** The value in the matrix or under `with`, or the nearest around it that is written; else the step. */
    readonly place: LocatedValue | StepSpec;
    /** The name before the value, where there is one. */
    readonly name?: Location | undefined;
}
/** Finds a parameter by the names and indices that lead to it. */
export declare function findParameter(step: StepSpec, combination: Combination, path: readonly string[]): FoundParameter;
