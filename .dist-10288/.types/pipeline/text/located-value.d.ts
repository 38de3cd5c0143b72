import type { Failure, FailureReason, Location } from '../../base/failure.js';
import type { Json, JsonObject } from '../../base/json.js';
/** A value read from YAML of which every part knows where it was written. */
export type LocatedValue = LocatedScalar | LocatedList | LocatedMap;
interface Placed {
    readonly location: Location;
    /** Where the value itself was written, if `${...}` put it in place of what stands at `location`. */
    readonly origin?: Location;
}
export interface LocatedScalar extends Placed {
    readonly type: 'scalar';
    readonly value: null | boolean | number | string;
    /** Stands for a value that a failure already reported kept from being known; nothing more is said of it. */
    readonly unknown?: true;
}
export interface LocatedList extends Placed {
    readonly type: 'list';
    readonly elements: readonly LocatedValue[];
}
export interface LocatedMap extends Placed {
    readonly type: 'map';
    readonly entries: ReadonlyMap<string, LocatedEntry>;
}
export interface LocatedEntry {
    /** Where the key stands. */
    readonly location: Location;
    readonly value: LocatedValue;
}
/** The value without its locations. */
export declare function toJson(located: LocatedValue): Json;
/** A map without its locations. */
export declare function toJsonObject(map: LocatedMap): JsonObject;
/** The value below, by keys and indices; undefined where there is none. */
export declare function valueAt(located: LocatedValue, path: readonly string[]): LocatedValue | undefined;
/** Whether the value or a part of it is not known because of a failure already reported. */
export declare function hasUnknown(located: LocatedValue): boolean;
/** The text that a value is; undefined for anything else. */
export declare function textOf(located: LocatedValue | undefined): string | undefined;
/** The first text in a value that holds the given one. */
export declare function placeOfText(value: LocatedValue, text: string): LocatedValue | undefined;
/** Takes in a failure; phases go on after it, so that all are found at once. */
export type ReportFailure = (failure: Failure) => void;
/** A failure at a located value; says too where a substituted value came from. */
export declare function failureAt(place: Placed, reason: FailureReason, message: string, more?: {
    readonly hint?: string | undefined;
    readonly details?: readonly string[];
}): Failure;
export {};
