/** A file of which only the parts that are asked for are read. */
export interface ByteSource {
    readonly size: number;
    /** Exactly `length` bytes; only asked for what lies within the size. */
    read(offset: number, length: number): Buffer;
}
/** One file in a ZIP archive, stored without compression. */
export interface ZipRecord {
    readonly name: string;
    readonly size: number;
    /** Reads the bytes and holds them against their checksum. */
    read(): Buffer;
}
/**
 * The records of a ZIP archive as PyTorch writes them: stored, aligned, with 64-bit sizes where they are needed.
 * Records that are compressed or encrypted cannot be read, so that nothing read is larger than the file.
 *
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 *
 * @throws FailureError `bad-data`, naming `name`, where it is no such archive or is damaged; also from `read`
 */
export declare function readZipArchive(source: ByteSource, name: string): readonly ZipRecord[];
/** The checksum of ZIP (ISO 3309), as an unsigned number. */
export declare function crc32(bytes: Uint8Array): number;
