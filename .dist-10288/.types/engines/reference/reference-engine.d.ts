import type { Engine, EngineOptions } from '../engine.js';
/** The reference engine for models of `options.shape`; it has no threads, so `options.threads` is not used. */
export declare function createEngine(options: EngineOptions): Promise<Engine>;
