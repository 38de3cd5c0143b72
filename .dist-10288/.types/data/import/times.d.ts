export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds' | 'days' | 'serial_days' | 'iso';
/** How times are written: in a unit, or by strptime's letters. */
export type TimeForm = TimeUnit | {
    readonly dateFormat: string;
};
/** SQL for the seconds since 1970 of a number. */
export declare function secondsOfNumber(number: string, unit: TimeUnit): string;
/** SQL for the seconds since 1970 of a text, null where it is no such time; needs the macros of epoch-seconds.sql. */
export declare function secondsOfText(text: string, form: TimeForm): string;
/** Whether times are written as numbers. */
export declare function isNumber(form: TimeForm): boolean;
/** What the times have to be, for a message. */
export declare function describeForm(form: TimeForm): string;
/** A time for people, in UTC; seconds where it counts from a beginning of its own. */
export declare function formatTime(seconds: number): string;
/** Whether times count from a beginning of their own, as where the first event is at 0. */
export declare function isRelative(first: number, last: number): boolean;
/** Whether a cell of text is a time since 1990 beyond doubt: a date, or a number of seconds or smaller units. */
export declare function isLikelyTime(cell: string): boolean;
/** The same, where the form of dates may be given. */
export declare function isTimeCell(cell: string, { datePattern }: {
    readonly datePattern?: RegExp;
}): boolean;
/** What is unlikely about times. */
export interface Doubt {
    /** From when to when they run. */
    readonly span: string;
    /** What they look like, and the parameter that reads them so; where that can be told. */
    readonly likely?: {
        readonly what: string;
        readonly write: string;
    };
}
/**
 * What is wrong with times between these two; undefined where they may well be right.
 *
 * @param numbers the smallest and largest number in the file, where its times are numbers
 * @param now seconds since 1970
 */
export declare function implausibleTimes(first: number, last: number, numbers: {
    readonly first: number;
    readonly last: number;
    readonly unit: TimeUnit;
} | undefined, now: number): Doubt | undefined;
/** In what steps floating-point numbers of 32 or 16 bits can tell times of this size apart, in the file's unit. */
export declare function floatResolution(largest: number, bits: 32 | 16): number;
/** The number that stands for these seconds in a unit, as it is likely to have been written. */
export declare function numberOfSeconds(seconds: number, unit: TimeUnit): number;
/** SQL for whether a time, as text, has digits that seconds in 64 bits, or the microseconds of a date, cannot hold. */
export declare function losesDigits(text: string, form: TimeForm): string;
