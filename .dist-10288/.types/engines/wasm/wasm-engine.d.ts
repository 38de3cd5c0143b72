import type { Engine, EngineOptions } from '../engine.js';
/** Loads the kernel and starts `options.threads` threads. */
export declare function createEngine(options: EngineOptions): Promise<Engine>;
