/** Item names by id: item `id` is called `names[id]`. A catalogue belongs to no split. */
export type ItemNames = readonly string[];
/** Writes `{ name: id, … }` in order of id. */
export declare function writeItemCatalogue(path: string, names: ItemNames): void;
/**
 * Reads `{ name: id, … }`, whose ids are 0, 1, … without a gap.
 *
 * @param file the path as the user knows it
 * @throws FailureError `bad-data`
 */
export declare function readItemCatalogue(path: string, file: string): ItemNames;
