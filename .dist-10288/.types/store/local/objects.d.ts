import type { Failure } from '../../base/failure.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import type { StagedFile } from '../store.js';
import type { Layout } from './layout.js';
/** The content-addressed blobs of a cache. */
export interface Objects {
    path(digest: Digest): string;
    /** Whether it is there in its recorded size. */
    has(reference: ObjectReference): boolean;
    /** Whether all that an entry names as its outputs is there in its recorded size. */
    hasOutputs(entry: Entry): boolean;
    /** Whether its bytes are what its name says; a bad one is set aside. */
    verify(reference: ObjectReference): Promise<boolean>;
    /**
     * Moves staged files in place, read-only, and makes that last. Undefined where it was done.
     *
     * @throws the file system's error; some of the files may then be in place, which nothing refers to.
     */
    publish(files: Iterable<StagedFile>): Failure | undefined;
    putText(text: string): Promise<Digest>;
    readText(digest: Digest): string | undefined;
}
export declare function openObjects(layout: Layout): Objects;
