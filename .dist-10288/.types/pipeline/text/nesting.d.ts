import { type Document } from 'yaml';
/** Where a YAML text nests more deeply than any pipeline does. */
export declare class TooDeep extends Error {
    readonly offset: number;
    constructor(offset: number);
}
/**
 * The YAML documents in a text, with what is wrong with them; none in an empty one.
 *
 * @throws TooDeep before what composes values, and calls itself for each level, could end the process where the stack
 *   does
 */
export declare function composeDocuments(text: string, { uniqueKeys }: {
    readonly uniqueKeys: boolean;
}): Document.Parsed[];
