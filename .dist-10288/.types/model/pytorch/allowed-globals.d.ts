import { PickleGlobal, PickleStorage, type PickleValue } from './pickle-values.js';
/**
 * The name of a class or function that a checkpoint of weights may name.
 *
 * @throws FailureError `bad-data` for every other: PyTorch would import it, and run it
 */
export declare function allowedGlobal(module: string, name: string, source: string): PickleGlobal;
/** What a call of the global would give, made without calling anything. */
export declare function rebuilt(callee: PickleValue, values: PickleValue, source: string): PickleValue;
/** The storage of a persistent id: `('storage', torch.FloatStorage, key, device, elements)`. */
export declare function storageOf(id: PickleValue, source: string): PickleStorage;
