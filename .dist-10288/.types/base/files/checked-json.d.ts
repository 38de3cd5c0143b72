/**
 * A record as one line of JSON that ends with the sha256 of what stands before it, so that a reader knows a file that a
 * disk or an editor has changed. Any JSON reader reads it.
 */
export declare function checkedJson(record: object): string;
/** The text without its checksum; undefined where it has none that is right. */
export declare function checkedText(text: string): string | undefined;
/** Whether the text claims to have a checksum, be it right or not. */
export declare function hasChecksum(text: string): boolean;
