import type { EngineProbe } from './engine.js';
import type { GpuDevice } from './gpu-devices.js';
import { engineGroups } from './registry.js';
/** An engine, and why it was chosen: one clause. */
export interface EngineChoice {
    readonly engine: string;
    readonly why: string;
}
/** What a choice may look at. */
export interface EngineSurroundings {
    /** The GPUs by their device files. */
    readonly gpus: readonly GpuDevice[];
    /** Looks whether an engine can compute here. */
    probe(name: string): Promise<EngineProbe>;
}
/** The engine of each group where no GPU engine can compute. */
declare const withoutGpu: {
    readonly [group in (typeof engineGroups)[number]]: string;
};
/** Whether a name stands for the best of several engines. */
export declare function isEngineGroup(name: string): name is keyof typeof withoutGpu;
/** What a group stands for where nothing computes with it. */
export declare function unusedChoice(group: keyof typeof withoutGpu): EngineChoice;
/**
 * The engine that a name stands for: itself, or for a group the first GPU engine that has hardware to compute on, else
 * the group's engine for the CPU. Without a device file nothing is probed, and nothing loaded.
 */
export declare function chooseEngine(asked: string, { gpus, probe }: EngineSurroundings): Promise<EngineChoice>;
export {};
