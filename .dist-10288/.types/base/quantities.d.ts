/** A duration for people: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export declare function formatSeconds(seconds: number): string;
/** A figure with four significant digits, without needless zeros. */
export declare function formatFigure(value: number): string;
/** `1 node`, `3 nodes`. */
export declare function formatCount(count: number, noun: string): string;
/** The first eight digits of a key or digest, enough to tell apart by eye. */
export declare function shortDigest(digest: string): string;
/** A size for people: `812 B`, `4.2 MB` (powers of ten). */
export declare function formatBytes(bytes: number): string;
/** Seconds of a duration as people write it: `90 s`, `2 h`, `1 h 30 min`, `2 d`; undefined where it is none above 0. */
export declare function parseSeconds(text: string): number | undefined;
/** Bytes of a size as people write it: `4 GiB` (powers of two), `500 MB` (of ten); undefined where it is none above 0. */
export declare function parseBytes(text: string): number | undefined;
