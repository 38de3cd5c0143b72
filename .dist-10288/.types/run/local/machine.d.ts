import { type GpuDevice } from '../../engines/gpu-devices.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
/** How many threads this process may have run at once: what affinity leaves of the processors. */
export declare function machineSlots(): number;
/** The memory of this machine, or of the container around this process where that is less, in bytes. */
export declare function machineMemory(): number;
/** The devices of this machine that nodes may be given, looked for only where one wants some. */
export declare function machineGpus(nodes: readonly GraphNode[]): readonly GpuDevice[];
