import type { EngineProbe } from './engine.js';
/** What a probe of the engine came to on a machine that looked as this one does now. */
export declare function keptProbe(folder: string, name: string): EngineProbe | undefined;
/** Keeps what a probe came to; not where the cache cannot be written: then the next one looks again. */
export declare function keepProbe(folder: string, name: string, probe: EngineProbe): void;
/** Forgets all probes: what they promised did not hold. */
export declare function forgetProbes(folder: string): void;
