import type { Location } from '../../base/failure.js';
import type { DeclaredSegments, Kind } from '../../kinds/kind.js';
import { type LocatedEntry, type LocatedMap, type LocatedValue, type ReportFailure } from '../text/located-value.js';
import { type Reference } from './reference.js';
import { type ResourcesSpec } from './resources-spec.js';
export interface StepSpec {
    readonly name: string;
    /** Where the name stands. */
    readonly location: Location;
    readonly kind: Kind;
    readonly with: LocatedMap;
    readonly inputs: readonly InputSpec[];
    readonly over: readonly InputSpec[];
    readonly matrix: readonly MatrixSpec[];
    /** What the step says of its segments. */
    readonly segments?: DeclaredSegments;
    readonly resources: ResourcesSpec;
    /** How often a failed node is tried again. */
    readonly retries: number;
    /** Named on the step itself; may be `auto`. */
    readonly engine?: string;
}
export interface InputSpec {
    readonly port: string;
    /** Where the port's name stands. */
    readonly portLocation: Location;
    readonly location: Location;
    /** A list of references stands for a list of what they name. */
    readonly isList: boolean;
    readonly references: readonly {
        readonly reference: Reference;
        readonly location: Location;
    }[];
}
export interface MatrixSpec {
    readonly name: string;
    readonly location: Location;
    /** Where its values go: names that lead to a parameter, or into one. */
    readonly path: readonly string[];
    readonly values: readonly LocatedValue[];
}
export declare function readStep(name: string, entry: LocatedEntry, kinds: {
    readonly [name: string]: Kind;
}, report: ReportFailure): StepSpec | undefined;
