/**
 * The greatest of the values, but no less than `floor`; NaN where one is. Of any number of values, where spreading them
 * into `Math.max` overflows the stack at some 100,000.
 */
export declare function greatest(values: Iterable<number>, floor?: number): number;
/** The least of the values, but no more than `ceiling`; NaN where one is. */
export declare function least(values: Iterable<number>, ceiling?: number): number;
