import { type EngineChoice } from './choose-engine.js';
import type { EngineProbe } from './engine.js';
/**
 * The engine that a name stands for on this machine. What probing a GPU came to is kept in the cache (`folder`,
 * absolute) and used again as long as the machine looks the same.
 */
export declare function chooseHere(asked: string, folder: string): Promise<EngineChoice>;
/** Whether an engine can compute on this machine, as it was when the machine last looked as it does now. */
export declare function probeOnce(name: string, folder: string): Promise<EngineProbe>;
