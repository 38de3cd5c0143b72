import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { Parameters } from '../../engine.js';
import type { ItemSlots, PackedForests } from '../packed-forests.js';
import type { Footprint, Passes, Rates, Values } from '../passes.js';
/** How much a device can hold. */
export interface DeviceLimits {
    /** Bytes that the engine may take in all; more tasks than fit are computed one part after the other. */
    readonly memoryBytes: number;
    /** Bytes of the largest single buffer. */
    readonly bufferBytes: number;
}
/** A backend that has been set up, and how to compute on it. */
export interface TfjsBackend {
    /** What the engine is called after `tfjs:`, e.g. `cpu`. */
    readonly name: string;
    /** Device and driver, for a GPU. */
    readonly device?: string;
    readonly limits: DeviceLimits;
    createPasses(shape: GruShape): Passes;
}
/** What was enqueued to be read, by name; what is undefined is not read. */
type Enqueued = {
    readonly [name: string]: Values | undefined;
};
type Read<Names extends Enqueued> = {
    readonly [Name in keyof Names]: Names[Name] extends Values ? Float32Array : Float32Array | undefined;
};
/** A model's passes on a backend, and the rules of working there. */
export declare class Device {
    #private;
    readonly shape: GruShape;
    constructor(backend: TfjsBackend, shape: GruShape);
    /** Runs `enqueue`, releases all that it made, and reads what it returned in one transfer. */
    compute<Names extends Enqueued>(enqueue: (passes: Passes) => Names): Promise<Read<Names>>;
    /** The vector in the device's precision. */
    inFloat32(vector: Parameters): Float32Array;
    /** Inner rates for `compute` to use. */
    uploadRates(rates: number | Parameters, slots: ItemSlots): Rates;
    footprint(forests: PackedForests): Footprint;
    /** In how many parts to compute something of `bytes` whose largest buffer has `bufferBytes`, so that each part fits. */
    partsOf(bytes: number, bufferBytes: number): number;
    close(): void;
}
export {};
