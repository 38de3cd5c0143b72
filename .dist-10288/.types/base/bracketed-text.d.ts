/** Index of the bracket that closes the one at the beginning; undefined where none does. */
export declare function closingBracket(text: string): number | undefined;
/** Splits where the separator stands in no bracket and no JSON string. */
export declare function splitOutside(text: string, separator: string): readonly string[];
