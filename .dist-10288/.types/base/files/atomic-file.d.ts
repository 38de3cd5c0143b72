/**
 * Writes a file so that any reader, and any crash, finds either what was there before or all of `data`.
 * The data is on disk when this returns, unless `options.sync` says otherwise. The folder must exist.
 *
 * @param options.mode permissions of the file; the process's default where left out.
 * @param options.sync what is waited for: `folder` (default), that a loss of power leaves the new file; `file`, that it
 *   leaves the new one or what was there before; `none`, nothing: it may then leave a file with other bytes, which its
 *   reader must be able to tell. The end of a process harms none of them.
 * @throws the file system's error (ENOSPC, EACCES, ...), which names a file; the file is then as it was before.
 */
export declare function writeFileAtomic(path: string, data: string | Uint8Array, options?: {
    readonly mode?: number;
    readonly sync?: 'folder' | 'file' | 'none';
}): void;
/**
 * Moves a whole file to `path`, over what is there, with the same promise; also from another file system. The file at
 * `from` is gone then.
 */
export declare function replaceByFile(path: string, from: string): Promise<void>;
/** Makes renames and removals in a folder last through a loss of power. */
export declare function syncFolder(folder: string): void;
