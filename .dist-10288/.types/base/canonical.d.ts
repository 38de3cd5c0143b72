import type { Tree } from './files/tree.js';
import type { Json } from './json.js';
/** sha256 as 64 lower-case hex digits. */
export type Digest = string;
/** sha256 of bytes, or of a string's UTF-8. */
export declare function sha256(data: string | Uint8Array): Digest;
/**
 * The one text of a value: equal values give equal texts, different values different ones, and no text is the
 * beginning of another.
 *
 * Every value begins with a tag: `n` null, `t` true, `f` false, `d` number in its shortest round trip up to `;`
 * (-0 is 0), `s` string in JSON's quotes as it is (no Unicode normalisation; lone surrogates stay apart because
 * JSON escapes them), `l` list up to `;`, `o` object up to `;` as names and values, names sorted by code unit.
 *
 * @throws FailureError `bug` where a value is no `Json`: NaN, an infinity, undefined.
 */
export declare function canonicalText(value: Json): string;
/** Digest of a value's canonical text: independent of the order of keys and of how numbers were written. */
export declare function digestOf(value: Json): Digest;
/**
 * Content digest of a tree: a file's own digest, or the digest of the shape with every leaf's digest in place.
 * Whatever else leaves hold (size, path, origin) does not count.
 */
export declare function digestTree(tree: Tree<{
    readonly digest: Digest;
}>): Digest;
