/** One tensor of a safetensors file, row-major; its array's type is the file's F32 or F64. */
export interface NamedTensor {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: Float32Array | Float64Array;
}
/**
 * A safetensors file: 8 bytes of header length (little-endian), a JSON header padded with spaces to a multiple of 8,
 * the values in the order given. Equal arguments give equal bytes.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
export declare function writeSafetensors(tensors: readonly NamedTensor[], metadata?: {
    readonly [name: string]: string;
}): Uint8Array;
/**
 * The tensors of a safetensors file in the order of their values.
 *
 * @throws FailureError `bad-data`, naming `source`, where the bytes are not a whole file of F32 and F64 tensors.
 */
export declare function readSafetensors(bytes: Uint8Array, source: string): readonly NamedTensor[];
