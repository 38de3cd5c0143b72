import type { Digest } from '../../store/entry.js';
/**
 * What the build found of the code: for each kind and each engine a manifest that lists its modules, assets and
 * packages with their digests, and the manifest's own digest.
 */
export interface CodeDigests {
    readonly kinds: {
        readonly [kind: string]: CodeDigest;
    };
    readonly engines: {
        readonly [engine: string]: CodeDigest;
    };
}
export interface CodeDigest {
    /** sha256 of `manifest`: what enters the key. */
    readonly digest: Digest;
    /** Lines `<path or package@version> <sha256>`, sorted; kept as an object in the store for `explain`. */
    readonly manifest: string;
}
/** Reads `dist/code-digests.json`, which the build writes. */
export declare function readCodeDigests(): CodeDigests;
/**
 * The codes with the engines' manifests (of those named) as of the packages that are installed: the build lists the
 * versions of the lockfile, and what another version computed must be told apart from that. A package that is not
 * installed counts as the locked one, so that a machine without it makes the same plan.
 */
export declare function installedCode(codes: CodeDigests, engines: Iterable<string>): CodeDigests;
