/** A GPU that steps may be given. */
export interface GpuDevice {
    /** As CUDA names it: an index from 0, or a UUID (`GPU-…`, `MIG-…`); `software` for what stands in for one. */
    readonly id: string;
    /** Its place among the machine's GPUs, from 0. */
    readonly index: number;
}
/** What a GPU engine that was asked for by name is given where there is no GPU: an adapter that is a program. */
export declare const softwareGpu: GpuDevice;
/** Where to look: this machine, unless a test makes up another. */
export interface GpuSystem {
    readonly platform: NodeJS.Platform;
    /** The folder that holds `dev` and `sys`. */
    readonly root: string;
}
/**
 * The GPUs that kshot may use, found by looking at device files alone: no driver is loaded and no process started.
 * `KSHOT_GPUS` lists them instead (`0,2`; `none`); of those found, `CUDA_VISIBLE_DEVICES` leaves what it names, as it
 * does for CUDA itself.
 */
export declare function gpuDevices(environment?: NodeJS.ProcessEnv, system?: GpuSystem): readonly GpuDevice[];
/**
 * The environment of a process that was given these devices: CUDA then shows it no others, `KSHOT_GPU` tells any other
 * program. Nothing where none was given: what the process sees is then the user's own affair.
 */
export declare function gpuEnvironment(gpus: readonly GpuDevice[], environment?: NodeJS.ProcessEnv): {
    readonly [name: string]: string;
};
