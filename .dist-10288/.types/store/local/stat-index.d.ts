import { type BigIntStats } from 'node:fs';
import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import type { ObjectReference } from '../entry.js';
import { type Layout } from './layout.js';
/** Remembers the digests of files outside the cache by what `stat` says of them. */
export interface StatIndex {
    digestFile(path: string): Promise<Result<ObjectReference, Failure>>;
    save(): void;
}
/**
 * A file is not read again as long as size, inode, mtime and ctime are those of the indexing, and both
 * times were at least two seconds old then: a later edit must give another ctime, which no program can set back.
 * A clock that stands before the indexing proves nothing, so the file is read.
 */
export declare function openStatIndex(layout: Layout, now?: () => number): StatIndex;
/** Changes with every write and every replacement of a file. */
export declare function lookOf(stat: BigIntStats): string;
