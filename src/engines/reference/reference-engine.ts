import type { Engine, EngineOptions } from '../engine.js';
export declare function createEngine(options: EngineOptions): Promise<Engine>;
