/** A box to be placed; sizes in CSS pixels. */
export interface Box {
    readonly name: string;
    readonly width: number;
    readonly height: number;
}
/** What leads from one box to another, by their names. */
export interface Link {
    readonly from: string;
    readonly to: string;
}
/** What is kept free between two boxes of a row, and beside a link that passes a row; in CSS pixels. */
export declare const boxGap = 14;
export declare const linkGap = 8;
/**
 * The row of each box: below everything that leads to it, and as high as that allows while no row grows wider than
 * `mostWidth` by its boxes and the links that pass it. Where a row is full, what has the longest way to the end goes
 * first, and the rest goes into the next (list scheduling, as by Coffman and Graham). Links go in no circle.
 */
export declare function rowsOfBoxes(boxes: readonly Box[], links: readonly Link[], mostWidth: number): ReadonlyMap<string, number>;
