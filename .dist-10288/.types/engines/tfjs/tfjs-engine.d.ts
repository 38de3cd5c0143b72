import type { Engine, EngineOptions } from '../engine.js';
import { type TfjsBackend } from './device/device.js';
/** The engine `tfjs:<backend>`. Closing it frees what it holds on the device, and leaves the backend as it is. */
export declare function createTfjsEngine(backend: TfjsBackend, { shape }: EngineOptions): Engine;
