import type { EngineProbe } from './engine.js';
/** What a probe in a process of its own came to. */
export declare function probeInProcess(name: string): Promise<EngineProbe>;
/** Says of an engine that fell back to the CPU which libraries TensorFlow could not load: only its log tells. */
export declare function withMissingLibraries(probe: EngineProbe, log: string): EngineProbe;
