import type { LoadedTensorflow } from './load-tensorflow.js';
/** What TensorFlow computes on, for people; `gpuIndex` is the place of the GPU that it was shown. */
export declare function tensorflowDevice({ usesGpu }: Pick<LoadedTensorflow, 'usesGpu'>, gpuIndex?: number): {
    readonly device: string;
    readonly driver?: string;
};
