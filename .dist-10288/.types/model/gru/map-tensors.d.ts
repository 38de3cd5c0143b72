/** A tensor as far as matching its name and shape goes. */
export interface TensorHead {
    readonly name: string;
    readonly shape: readonly number[];
}
export interface MappedTensors<Tensor> {
    readonly embedding: number;
    readonly hidden: number;
    /** By the name of the built-in GRU's parameter. */
    readonly tensors: ReadonlyMap<string, Tensor>;
}
/**
 * Says which tensor of a state dict is which parameter of the built-in GRU: the GRU's by the last part of their names,
 * which PyTorch gives them; the embedding `[items, embedding]` and the output layer `[items, hidden]` and `[items]` by
 * their shapes, and where shapes leave a choice, by the names that the built-in model has, or `emb` in the name.
 *
 * @param source the file as the user knows it
 * @throws FailureError `bad-data` that lists all tensors where some are missing, left over or cannot be told apart
 */
export declare function mapTensors<Tensor extends TensorHead>(tensors: readonly Tensor[], source: string): MappedTensors<Tensor>;
