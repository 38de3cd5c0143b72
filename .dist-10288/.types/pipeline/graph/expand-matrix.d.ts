import type { Location } from '../../base/failure.js';
import type { Json, JsonObject } from '../../base/json.js';
import type { StepSpec } from '../spec/step-spec.js';
import { type LocatedValue, type ReportFailure } from '../text/located-value.js';
/** One choice of a value for every name of a matrix. */
export interface Combination {
    /** `inner_lr=0.02,steps=[5]`; empty where there is no matrix. */
    readonly label: string;
    readonly values: readonly MatrixValue[];
}
export interface MatrixValue {
    readonly name: string;
    /** Where the name stands. */
    readonly location: Location;
    readonly value: Json;
    readonly located: LocatedValue;
    /** The names that lead to where it goes among the parameters. */
    readonly path: readonly string[];
}
/** A name of a matrix with its values, each once. */
export interface Axis {
    readonly name: string;
    readonly values: readonly MatrixValue[];
}
/** The names of a step's matrix in written order; a value that stands there twice is reported. */
export declare function axesOf(step: StepSpec, report: ReportFailure): readonly Axis[];
/** How many combinations there are. */
export declare function countCombinations(axes: readonly Axis[]): number;
/** Parameters with the values of a combination in their places. */
export declare function withCombination(parameters: JsonObject, { values }: Combination): JsonObject;
/** All combinations: names in the order given, the last varying fastest. */
export declare function combinationsOf(axes: readonly Axis[]): readonly Combination[];
