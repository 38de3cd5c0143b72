/** What takes its place in a row; sizes in CSS pixels. */
export interface RowItem {
    readonly width: number;
    /** To be kept free on both sides, half of it by each of two neighbours. */
    readonly gap: number;
    /** The middle; changed by settling. */
    x: number;
    /** What it is drawn towards, in other rows, and how strongly. */
    readonly pulls: {
        readonly to: RowItem;
        readonly weight: number;
    }[];
}
/**
 * Moves the items of rows, in the order in which they stand, to where the sum of their weighted squared distances from
 * what pulls them is small, between 0 and `mostWidth`, or the width of the widest row. Each row in turn takes the best
 * places for where the others are, so that no turn makes the sum larger.
 */
export declare function settleRows(rows: readonly (readonly RowItem[])[], mostWidth: number): void;
/** The numbers that do not decrease and are nearest to those given, by weighted least squares: pool adjacent violators. */
export declare function nearestAscending(given: readonly {
    readonly value: number;
    readonly weight: number;
}[]): readonly number[];
