/** A value that JSON can hold. Numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
    readonly [name: string]: Json;
}
export declare function isJsonObject(value: Json | undefined): value is JsonObject;
/** A text that is JSON but for some words outside of strings, such as numbers that are none, with others for these. */
export declare function replaceOutsideStrings(text: string, words: string, by: (word: string) => string): string;
