import type { Digest } from '../entry.js';
import type { Workspace } from '../store.js';
import type { Layout } from './layout.js';
/**
 * Makes the folders in which a key is computed: `partial/<key>/<token>/`. Resumable state is beside them, at
 * `partial/<key>/state`, so that the next owner of the key finds it however this one ends. Whatever else earlier
 * owners left is removed: the lock says that they are gone.
 *
 * @param startsOver removes the state, too
 */
export declare function makeWorkspace(layout: Layout, key: Digest, token: string, startsOver?: boolean): Workspace;
/** The token of the lock that the workspace came with. */
export declare function tokenOf(workspace: Workspace): string;
/**
 * Removes what a workspace holds but for the resumable state and, where it is to be kept and holds anything, the scratch
 * folder, whose new path it gives; the folder of the key goes with the last of it.
 */
export declare function abandonWorkspace(layout: Layout, workspace: Workspace, keepScratch: boolean): string | undefined;
/** What is kept of a step that failed, by the folder of its key. */
export declare function keptIn(shared: string): string;
/** Removes all that was kept for a key whose outputs have been published or refused. */
export declare function closeWorkspace(layout: Layout, workspace: Workspace): void;
