/**
 * Packs a folder into one file: members sorted, without times and owners, so that the same contents are the same bytes.
 *
 * @param name of the folder as the user knows it
 * @throws FailureError `output-missing` where it holds nothing, a link that leads out of it, or what is no file
 */
export declare function packFolder(folder: string, name: string, archive: string): Promise<void>;
