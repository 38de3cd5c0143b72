import { type JsonObject } from '../../base/json.js';
import type { StepSpec } from '../spec/step-spec.js';
import { type ReportFailure } from '../text/located-value.js';
import { type Axis } from './expand-matrix.js';
/** A step, and what its number of nodes comes from. */
export interface CountedStep {
    readonly step: StepSpec;
    /** At least one, although there are none where `over` goes through nothing, or through what is not known. */
    readonly nodes: number;
    readonly axes: readonly Axis[];
    /** What `over` goes through, one thing without it; undefined where that is not known. */
    readonly elements: Length | undefined;
}
/** How long a list is. */
interface Length {
    readonly length: number;
    /** With the elements of lists in it counted in the place of those lists. */
    readonly whole: number;
}
/**
 * Counts the nodes that the steps will become, none of which is made for it.
 *
 * @param steps each after those that it takes something from
 * @returns by step; undefined where there are too many, which is reported with what makes them so many
 */
export declare function countNodesOfSteps(steps: readonly StepSpec[], report: ReportFailure): ReadonlyMap<string, CountedStep> | undefined;
/** The values that segments are counted by, among the parameters or what these declare. */
export declare function numbersOf({ kind }: Pick<StepSpec, 'kind'>, countedBy: readonly string[], parameters: JsonObject): JsonObject;
export {};
