/** The first bytes of the stored file, before anything is inflated. */
export declare function firstStoredBytes(path: string, file: string, count: number): Promise<Buffer>;
/**
 * The bytes of a file, inflated where it is gzip. zlib verifies length and checksum of every member, so a file whose
 * end is missing or whose bytes were changed never ends quietly.
 *
 * @throws FailureError `bad-data` where the file is damaged, or cannot be opened
 */
export declare function sourceBytes(path: string, file: string, gzip: boolean): AsyncGenerator<Buffer>;
