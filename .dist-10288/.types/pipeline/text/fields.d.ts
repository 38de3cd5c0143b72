import { type LocatedEntry, type LocatedMap, type LocatedValue, type ReportFailure } from './located-value.js';
/** What a pipeline or a step may be called. */
export declare const namePattern: RegExp;
/** Reports every key that is not known, with the nearest that is. */
export declare function refuseUnknownKeys(map: LocatedMap, known: readonly string[], report: ReportFailure): void;
/** The entries of a field that should be a map; none where it is not there, or is something else, which is reported. */
export declare function mapEntries(field: LocatedEntry | undefined, what: string, report: ReportFailure): Iterable<[string, LocatedEntry]>;
/** Whether a value is a map; reports where it is something else. */
export declare function expectMap(value: LocatedValue, what: string, report: ReportFailure): value is LocatedMap;
/** The text that a value is, not empty; undefined for anything else, which is reported. */
export declare function expectText(value: LocatedValue, what: string, report: ReportFailure): string | undefined;
/** An engine's name, or that of a group; undefined where there is none, or an unknown one, which is reported. */
export declare function readEngine(field: LocatedEntry | undefined, report: ReportFailure): string | undefined;
/** Whether `engine:` may say this. */
export declare function isEngine(name: string): boolean;
/** All that `engine:` may say. */
export declare function engineNames(): readonly string[];
