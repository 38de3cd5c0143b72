import type { ItemSlots } from '../packed-forests.js';
import type { Values, Vectors } from '../passes.js';
import type { Lease } from './buffer-pool.js';
import type { BufferSpan, ComputeQueue } from './compute-queue.js';
import type { CallField, PackedShape } from './program.js';
import type { Programs } from './programs.js';
/** Vectors on the device; see vector-programs.ts for their layout. */
export interface FusedVectors extends Vectors {
    readonly blocks: Lease;
    readonly vectors: number;
    readonly slots: number;
    /** The items of the slots, where all vectors are one. */
    readonly sharedItems: Lease | undefined;
}
export interface FusedValues extends Values {
    readonly span: BufferSpan;
}
/** What is done with whole vectors, and nothing else. */
export declare class VectorOperations {
    #private;
    constructor(queue: ComputeQueue, shape: PackedShape, programs: Programs);
    /** One vector for all, from one that is laid out by `parameterLayout`. */
    upload(vector: Float32Array, slots: ItemSlots): FusedVectors;
    /** Room for a vector of its own for each of `vectors`. */
    create(vectors: number, slots: number): FusedVectors;
    scale(rates: number | FusedVectors, vectors: FusedVectors): FusedVectors;
    descend(weights: FusedVectors, rates: number | FusedVectors, gradient: FusedVectors): FusedVectors;
    addProduct(sum: FusedVectors | undefined, one: FusedVectors, other: FusedVectors): FusedVectors;
    /** As `Passes.sumOverVectors`. */
    sum({ blocks, vectors, slots }: FusedVectors): FusedValues;
    /** As `Passes.squares`. */
    squares(weights: FusedVectors, start: FusedVectors): FusedValues;
    /** What a call says of the vectors that its programs call weights. */
    asWeights(vectors: FusedVectors): {
        readonly [field in CallField]?: number;
    };
    /** Workgroups for `count` threads. */
    groupsFor(count: number): number;
}
