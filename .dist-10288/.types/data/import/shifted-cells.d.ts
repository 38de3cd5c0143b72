/** How the cells of a row can be told to stand under other titles than their own. */
export interface ShiftSigns {
    /** Whether a cell is a time beyond doubt. */
    readonly isTime: (cell: string) => boolean;
    /** Whether rows of another length were asked for: then only what is beyond doubt counts. */
    readonly isAccepted: boolean;
    /** Whether the place of the time was given as a number, which no row can be at odds with. */
    readonly isTimeByPosition: boolean;
    /** Whether the first rows had such a time in its place, so that all others must. */
    readonly isTimeDue: boolean;
}
export declare const dividedNumber = "a number is divided at the commas between its thousands";
export declare const timeElsewhere = "its time stands in the place of another column";
/**
 * Why the cells of a row that has another number of them than the header are not those that the header names;
 * undefined where nothing says so.
 *
 * @param time the place of the time, from 0
 * @param more how many cells the row has more than the header; negative: fewer
 */
export declare function shiftOf(cellAt: (place: number) => string, time: number, more: number, { isTime, isAccepted, isTimeByPosition, isTimeDue }: ShiftSigns): string | undefined;
/**
 * Whether a cell and the next ones are the groups of three digits of one number.
 *
 * @param isTime where given, only a number that this holds of counts
 */
export declare function isDivided(first: string, following: (step: number) => string, most: number, isTime?: (cell: string) => boolean): boolean;
