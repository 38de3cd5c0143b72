/**
 * Regions of the threads' shared memory, taken one after the other and given back all at once. Memory grows as needed
 * and is kept for the next call, so that calls of a size do not make it grow further.
 */
export declare class KernelMemory {
    #private;
    readonly reservedBytes: number;
    readonly memory: WebAssembly.Memory;
    /** The first `reservedBytes` are never given out. */
    constructor(reservedBytes: number);
    /** Gives every region back. */
    clear(): void;
    /** Every region ends before this address. */
    get bytesTaken(): number;
    /** How many bytes can still be taken. */
    get bytesLeft(): number;
    /** Address of `bytes` bytes, on a multiple of 64; what stands there is left as it is. */
    take(bytes: number): number;
    /** Address of a copy of `values`. */
    put(values: ArrayLike<number>): number;
    putFloats(values: ArrayLike<number>): number;
    /** Views hold until the next region is taken. */
    words(address: number, length: number): Int32Array;
    floats(address: number, length: number): Float32Array;
    doubles(address: number, length: number): Float64Array;
}
