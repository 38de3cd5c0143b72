import type { Engine, EngineOptions } from '../engine.js';
/**
 * The engine `tfjs:tensorflow`, on the GPU that CUDA shows this process (`CUDA_VISIBLE_DEVICES`).
 *
 * @throws FailureError `engine-unavailable` where TensorFlow does not load, or finds no GPU and may not do without
 */
export declare function createEngine(options: EngineOptions): Promise<Engine>;
