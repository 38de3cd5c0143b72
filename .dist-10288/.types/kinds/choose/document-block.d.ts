import { type Json, type JsonObject } from '../../base/json.js';
/** A place in a template that takes its value from the rows of an input. */
export interface Block {
    /** Names and indices from the top of the template. */
    readonly path: readonly string[];
    /** The input. */
    readonly from: string;
    /** Column -> the values that rows must have there, one of them. */
    readonly where: {
        readonly [column: string]: readonly Scalar[];
    };
    /** Columns whose values become names, from the outside in. */
    readonly by: readonly string[];
    /** The column whose value is taken, or the one whose distinct values are counted. */
    readonly take: {
        readonly value: string;
    } | {
        readonly count: string;
    };
}
export type Scalar = null | boolean | number | string;
/** What is wrong at a place of a template. */
export interface TemplateFault {
    readonly path: readonly string[];
    readonly message: string;
}
/** Whether a value of a template is a block: a map with the name `from`. */
export declare function isBlock(value: Json): value is JsonObject;
/** The blocks of a template, and what is wrong with those that are none. */
export declare function readBlocks(template: Json, path?: readonly string[]): {
    readonly blocks: readonly Block[];
    readonly faults: readonly TemplateFault[];
};
