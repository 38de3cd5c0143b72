import type { NamedTensor } from '../safetensors.js';
import { type ByteSource } from './zip-archive.js';
/** A tensor of a checkpoint whose numbers have not been read. */
export interface StoredTensor {
    readonly name: string;
    readonly shape: readonly number[];
    /**
     * The numbers row by row; float16 and bfloat16 as float32, which holds all of their values.
     *
     * @throws FailureError `bad-data`
     */
    read(): NamedTensor;
}
/**
 * The tensors of the state dict in a file that PyTorch 1.6 or later wrote by `torch.save`: a state dict, or a
 * dictionary that holds one as `model_state_dict` or under another usual name. No Python runs, nothing that the file
 * names is called, and nothing is read that is larger than the file.
 *
 * @param name the file as the user knows it
 * @throws FailureError `bad-data`
 */
export declare function readCheckpoint(source: ByteSource, name: string): readonly StoredTensor[];
