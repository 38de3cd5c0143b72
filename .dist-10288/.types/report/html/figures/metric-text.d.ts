/** `0.4453 [0.391, 0.496]` */
export declare function metricText(value: number, low: number | null, high: number | null): string;
/**
 * `Role test; n = 530 query pairs of 53 users`, with a range where settings differ in it; of what a program measured, as
 * far as it told.
 */
export declare function sampleText(role: string | null, rows: readonly {
    readonly n: number | null;
    readonly users: number | null;
}[]): string;
/** A sentence that says how many of all are drawn, with a space before it; empty where they are all. */
export declare function firstOf(drawn: number, all: number): string;
/** Distinct values, ascending. */
export declare function distinct<Value extends number | string>(values: Iterable<Value | null | undefined>): readonly Value[];
