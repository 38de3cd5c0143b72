import '@tensorflow/tfjs-backend-cpu';
import type { Engine, EngineOptions } from '../engine.js';
/** The engine `tfjs:cpu`: slow, and the same arithmetic as on a GPU; what the passes are tested on. */
export declare function createEngine(options: EngineOptions): Promise<Engine>;
