/** What TensorFlow found when it was loaded. */
export interface LoadedTensorflow {
    /** Whether it computes on a GPU; without CUDA 11 it falls back to the CPU by itself. */
    readonly usesGpu: boolean;
    /** Of libtensorflow. */
    readonly version: string;
}
/**
 * Loads the optional package and makes its backend, `tensorflow`, the one in use.
 *
 * @throws what the package throws where its library is missing or does not load
 */
export declare function loadTensorflow(): Promise<LoadedTensorflow>;
/**
 * Gives Node's `util` back the tests of types that Node 23 removed and that the package calls.
 *
 * @see https://nodejs.org/api/deprecations.html#DEP0051 and its neighbours
 */
export declare function restoreRemovedTests(): void;
