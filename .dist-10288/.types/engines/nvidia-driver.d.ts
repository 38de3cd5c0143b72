/** The version of NVIDIA's kernel driver, such as `535.104.05`; undefined where there is none. */
export declare function nvidiaDriverVersion(root?: string): string | undefined;
/** The models of NVIDIA's GPUs, in the order of their places on the bus, as CUDA counts them by `PCI_BUS_ID`. */
export declare function nvidiaModels(root?: string): readonly string[];
