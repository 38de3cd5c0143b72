import type { Digest } from '../entry.js';
/** Where everything of a cache is, below its folder (absolute). */
export interface Layout {
    readonly folder: string;
    readonly objects: string;
    readonly steps: string;
    readonly partial: string;
    readonly locks: string;
    readonly quarantine: string;
    /** Digests of files outside the cache, by what `stat` says of them; `stat-index.ts` reads and writes it. */
    readonly statIndex: string;
    /** Which GPU engines were found to work here; `engines/kept-probes.ts` reads and writes it. */
    readonly engineProbes: string;
    /** Versions of interpreters, by what `stat` says of them; `pipeline/interpreter-versions.ts` reads and writes it. */
    readonly interpreters: string;
    /** Held by garbage collection, which excludes every claim. */
    readonly collectionLock: string;
    object(digest: Digest): string;
    entry(key: Digest): string;
    lock(key: Digest): string;
    /** Who uses a device of a host. */
    deviceLock(host: string, device: string): string;
    /** Resumable state and the workspaces of one key. */
    partialOf(key: Digest): string;
}
export declare function layoutOf(folder: string): Layout;
/** Whether a name is a digest, so that nothing else ever becomes part of a path. */
export declare function isDigest(text: unknown): text is Digest;
