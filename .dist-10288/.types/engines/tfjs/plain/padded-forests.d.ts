import type { PackedForests } from '../packed-forests.js';
/** One level of all forests, `width` rows for each weight vector; a vector's rows stand level by level. */
export interface PaddedLevel {
    readonly width: number;
    /** `[vectors * width]` each row's parent among the `vectors * width` rows of the level above; empty at level 0. */
    readonly parents: Int32Array;
    /** Each row's children in the level below; undefined in the last level. */
    readonly children?: IndexLists;
}
/** For each of a series of places, indices into a table of rows; `none`, the row after its last, stands for nothing. */
export interface IndexLists {
    /** How many indices each place has. */
    readonly width: number;
    /** `[places * width]` */
    readonly indices: Int32Array;
}
/**
 * Packed forests as rectangles, for operations that know no other shape. Padding repeats another row or pair of its own
 * vector, so that it is finite where they are; nothing that is summed or read refers to it.
 */
export interface PaddedForests {
    readonly vectors: number;
    /** Rows for each vector: the widths of all levels. */
    readonly rows: number;
    /** Pairs for each vector. */
    readonly pairs: number;
    readonly levels: readonly PaddedLevel[];
    /** `[vectors * rows]` each row's item in the table of slots, `[vectors * slots]`. */
    readonly inputs: Int32Array;
    /** The rows of each slot. */
    readonly rowsOfSlot: IndexLists;
    /** `[vectors * pairs]` the row at which each pair's prefix ends. */
    readonly ends: Int32Array;
    /** The pairs whose prefix ends at a row. */
    readonly pairsOfRow: IndexLists;
    /** `[vectors * pairs]` */
    readonly labels: Int32Array;
    /** `[vectors * pairs]` 0 for padding. */
    readonly weights: Float32Array;
    /** `[pairs of the packed forests]` the place of each. */
    readonly placeOfPair: Int32Array;
}
/** Pads `packed` to rectangles. Indices stay within the packed forests' own sizes, which is what each `!` says. */
export declare function padForests(packed: PackedForests): PaddedForests;
