/** The format that these first bytes are of, if it is one that data.import knows and does not read. */
export declare function foreignFormatOf(bytes: Buffer): {
    readonly name: string;
    readonly hint: string;
} | undefined;
