import type { Location } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import type { Kind } from '../../kinds/kind.js';
import { type LocatedMap, type ReportFailure } from '../text/located-value.js';
import { type PublicationSpec } from './publications.js';
import { type StepSpec } from './step-spec.js';
/** A pipeline whose every step has a known kind, only known keys, and well-formed references. */
export interface Spec {
    readonly name: string;
    readonly engine: string;
    readonly params: JsonObject;
    readonly configuration: JsonObject;
    readonly steps: ReadonlyMap<string, StepSpec>;
    /** Steps that are written but not in `steps`, because of failures already reported. */
    readonly broken: ReadonlySet<string>;
    readonly waivers: readonly WaiverSpec[];
    readonly publications: readonly PublicationSpec[];
}
export interface WaiverSpec {
    readonly step: string;
    readonly reason: string;
    readonly location: Location;
}
export interface SpecOptions {
    readonly kinds: {
        readonly [name: string]: Kind;
    };
    /** Takes the place of the pipeline's `engine:` (`--engine`). */
    readonly engine?: string | undefined;
    /** Name of a pipeline that has none. */
    readonly fallbackName: string;
}
/** Checks everything about a pipeline that needs no knowledge of how its steps are connected. */
export declare function readSpec(pipeline: LocatedMap, options: SpecOptions, report: ReportFailure): Spec;
