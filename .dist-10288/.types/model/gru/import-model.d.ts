import type { Model } from '../model-file.js';
import type { StoredTensor } from '../pytorch/read-checkpoint.js';
/** A row of the embedding, and of the output layer where it has it too, that stands for no item. */
export type PaddingRow = 'none' | 'first' | 'last';
/** A model of the built-in GRU, and by whose names its tensors went in the file. */
export interface ImportedModel {
    readonly model: Model;
    /** By the built-in GRU's name: the file's. */
    readonly names: ReadonlyMap<string, string>;
}
/**
 * Makes the built-in GRU's parameters of the tensors of a state dict; in float64 where one of them is.
 *
 * @param options.items how many items the data have, numbered as the rows of the embedding are
 * @param options.source the file as the user knows it
 * @throws FailureError `bad-data`
 */
export declare function importModel(stored: readonly StoredTensor[], { items, paddingRow, source }: {
    items: number;
    paddingRow: PaddingRow;
    source: string;
}): ImportedModel;
