import type { EngineProbe } from '../../engine.js';
/** It needs no device. */
export declare function probeCpu(): EngineProbe;
