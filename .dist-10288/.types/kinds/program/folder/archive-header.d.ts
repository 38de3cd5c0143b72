/** Blocks that an archive is made of, in bytes. */
export declare const blockBytes = 512;
/** A member of an archive: a file, a link inside of the folder, or a folder. */
export interface ArchiveMember {
    /** From the folder on; of a folder without a slash at the end. */
    readonly name: string;
    readonly type: 'file' | 'link' | 'folder';
    /** Of a file. */
    readonly bytes: number;
    readonly isExecutable: boolean;
    /** Of a link. */
    readonly target?: string;
}
/** Stands first in an archive that kshot made of a folder, so that it is told from one that a program made. */
export declare const archiveMark = "comment=kshot folder";
/** What stands before a member's bytes: a header in the form of POSIX (ustar), with pax records where it needs them. */
export declare function headerOf({ name, type, bytes, isExecutable, target }: ArchiveMember): Buffer;
/** Records about the next member (`x`), or about all that follow (`g`), as a member of its own. */
export declare function recordsBlock(flag: 'x' | 'g', records: readonly string[]): Buffer;
/** How many zeros follow so many bytes. */
export declare function paddingOf(bytes: number): number;
/** What a header and the records before it say; undefined at the end of an archive. */
export declare function memberIn(header: Buffer, records: ReadonlyMap<string, string>): (ArchiveMember & {
    readonly flag: string;
}) | undefined;
/** The records in a member of records. */
export declare function recordsIn(bytes: Buffer): ReadonlyMap<string, string>;
