import type { EngineProbe } from '../engine.js';
/** Compiles the kernel, which fails where the processor has no 128-bit SIMD. */
export declare function probeWasm(): Promise<EngineProbe>;
