import type { Parameters } from '../engine.js';
import type { KernelMemory } from './kernel-memory.js';
import { type PaddedShape } from './padded-shape.js';
import type { LocalForest } from './planned-task.js';
/** Kinds of plan; as in `kernel/layout.as`. */
export declare const planKinds: {
    chain: number;
    batch: number;
    adapt: number;
};
/** A piece of work laid out in memory, and where its results will be. */
export interface PlacedWork {
    readonly plan: number;
    readonly itemIds: Int32Array;
    readonly gradientRows: number;
    readonly rateGradientRows: number;
    readonly losses: number;
    readonly pairs: number;
    readonly ranks: number;
    readonly drift: number;
    /** About how long it takes, in no unit. */
    readonly work: number;
}
/** Pieces of work that one thread does in order; their gradients add up at `sums` (0 where there are none). */
export interface Group {
    readonly sums: number;
    readonly placed: readonly PlacedWork[];
}
/** What a plan says; weights are of the pairs' losses, addresses are in bytes. */
export interface PlanFields {
    readonly kind: number;
    readonly itemIds: Int32Array;
    readonly support: LocalForest;
    readonly supportWeight: number | Float32Array;
    readonly query?: LocalForest;
    readonly steps?: number;
    readonly rate?: number;
    readonly rates?: number;
    readonly secondOrder?: boolean;
    readonly scale: number;
    readonly parameters: number;
    readonly sums?: number;
    readonly rateSums?: number;
    readonly rankSteps?: readonly number[];
}
/** Room for dense sums, one for each group and `stride` bytes apart, and for their total. */
export interface Sums {
    readonly first: number;
    readonly stride: number;
    readonly count: number;
    readonly total: number;
}
/** Lays parameters and plans out in the threads' memory as the kernel reads them. */
export declare class WorkLayout {
    #private;
    readonly shape: PaddedShape;
    readonly memory: KernelMemory;
    constructor(shape: PaddedShape, memory: KernelMemory);
    /** Address of parameters, or of one rate for each, as the kernel has them. */
    putParameters(parameters: Parameters): number;
    /** One rate stays one (and fc.weight's changes stay low-rank) unless a gradient by each rate is wanted. */
    putRates(innerRates: number | Parameters, learnRates: boolean): {
        readonly rate: number;
        readonly rates: number;
    };
    /** The least number of items in a group that keeps the groups' sums within their limit. */
    sizeFor(count: number): number;
    /** Room for the sums of `count` groups and for their total. */
    takeSums(count: number): Sums;
    /** Writes a plan as `Plan` of `kernel/layout.as` reads it. */
    putPlan(fields: PlanFields): PlacedWork;
}
