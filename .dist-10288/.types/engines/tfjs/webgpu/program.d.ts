import type { GruShape } from '../../../model/gru/gru-shape.js';
/** One storage buffer of a program. */
export interface Binding {
    /** Its name in the source. */
    readonly name: string;
    readonly access: 'read' | 'read_write';
    /** What it is an array of. */
    readonly of: 'u32' | 'f32' | 'vec4f';
}
/** A compute program: WGSL with an entry point `main`. */
export interface Program {
    readonly name: string;
    readonly bindings: readonly Binding[];
    readonly source: string;
}
/** Sizes of the model in blocks of four, and where the tensors stand in a weight vector. */
export interface PackedShape {
    readonly items: number;
    readonly itemBlocks: number;
    readonly embedding: number;
    readonly embeddingBlocks: number;
    readonly hidden: number;
    readonly hiddenBlocks: number;
    /** Hidden units, rounded up to whole blocks. */
    readonly units: number;
    /** Three times `units`: a row of gates. */
    readonly gates: number;
    /** Where in a vector, in blocks of four, the input weights begin; the recurrent weights begin at 0. */
    readonly inputWeights: number;
    readonly outputWeights: number;
    readonly inputBias: number;
    readonly hiddenBias: number;
    readonly outputBias: number;
    /** Blocks of a vector without its embedding rows. */
    readonly dense: number;
}
/**
 * A matrix `[rows, columns]` stands as `[columns / 4][rows]` blocks of four columns: then threads that take
 * consecutive rows read consecutive blocks in the product with a vector, and so do threads that share the sum over
 * rows in the transposed product. What pads a row to whole blocks is zero and stays zero through every pass.
 */
export declare function packShape({ items, embedding, hidden }: GruShape): PackedShape;
/** What a call says beside its buffers. Offsets into `plan` are in words; absent numbers are 0. */
declare const callFields: readonly ['vectors', 'slots', 'weightStride', 'weightRows', 'weightShared', 'otherStride', 'otherRows', 'otherShared', 'slotItems', 'usedSlots', 'slotBlocks', 'rowVectors', 'rowSlots', 'rowParents', 'rowFirstChild', 'rowChildren', 'rowPairs', 'rowBlocks', 'slotRowOffsets', 'slotRows', 'vectorRows', 'vectorPairs', 'pairRows', 'pairLabels', 'pairWeights', 'pairBlocks', 'groups', 'steps', 'inputsAt', 'endsAt', 'lossesAt', 'inputSumsAt', 'recurrentAt'];
declare const floatFields: readonly ['rate'];
export type CallField = (typeof callFields)[number] | (typeof floatFields)[number];
export type Call = {
    readonly shape: PackedShape;
} & {
    readonly [field in CallField]?: number;
};
/** Room of a call in the buffer of calls: an offset has to be a multiple of 256. */
export declare const callBytes = 256;
/** Writes `call` as the programs' `struct Call`. */
export declare function writeCall(target: ArrayBuffer, offset: number, call: Call): void;
/** What a workgroup shares at most: a block for each thread and lane, and a number for each of them and a little more. */
export declare const workgroupBytes: number;
/** How programs are written out: the sizes as they stand in the source, and how many rows a workgroup takes at once. */
export interface Dialect {
    /** Each size of the shape as WGSL: a literal, which the compiler unrolls loops by, or a field of the call. */
    readonly size: {
        readonly [field in keyof PackedShape]: string;
    };
    /** Rows that a workgroup computes side by side, so that it reads its weights once for all of them. */
    readonly lanes: number;
    /** Threads of a workgroup. */
    readonly threads: number;
}
/**
 * With `shape` the programs are compiled for it alone, which makes them faster and takes a compilation for each shape;
 * without it they read the sizes when they run.
 */
export declare function dialect(shape: PackedShape | undefined, lanes: number): Dialect;
/** A program from its body, which may use `call`, its bindings, `group`, `thread` and what `functions` declare. */
export declare function program({ threads }: Dialect, name: string, bindings: readonly Binding[], { functions, body }: {
    readonly functions?: string;
    readonly body: string;
}): Program;
/** The text that `write` gives for each lane: loops over lanes are written out, so that what they index are registers. */
export declare function forLanes({ lanes }: Dialect, write: (lane: number) => string): string;
export declare const read: (name: string, of: Binding['of']) => Binding;
export declare const readWrite: (name: string, of: Binding['of']) => Binding;
export {};
