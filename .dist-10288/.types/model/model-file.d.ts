import type { ModelLayout } from './model-family.js';
/** A model as a file holds it; `parameters` are in the order of the layout's tensors. */
export interface Model {
    readonly layout: ModelLayout;
    readonly parameters: Float32Array | Float64Array;
    /**
     * `[parameters]` what the inner loop's rate is multiplied by, where the model was trained to adapt otherwise than at
     * one rate: 0 is frozen, and learned rates stand here relative to the `inner_lr` of training.
     */
    readonly innerRateFactors?: Float32Array | Float64Array;
}
/**
 * The model as safetensors under PyTorch's names, in the precision of `parameters`, then its factors under
 * `inner_rate_factors.` and those names; equal models, equal bytes.
 */
export declare function writeModel(model: Model): Uint8Array;
/**
 * Reads what `writeModel` or PyTorch (`safetensors.torch.save_file(model.state_dict(), …)`) wrote.
 *
 * @throws FailureError `bad-data`, naming `source`, where the tensors are not those of a model of some family.
 */
export declare function readModel(bytes: Uint8Array, source: string): Model;
