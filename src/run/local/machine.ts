import { availableParallelism, totalmem } from 'node:os';
import { type GpuDevice, gpuDevices, softwareGpu } from '../../engines/gpu-devices.js';
import { engines } from '../../engines/registry.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
import { memoryWithin, slotsWithin } from './limits.js';

/**
 * How many threads this process may have run at once: what affinity, control groups and the job around it leave of the
 * processors.
 */
export function machineSlots(): number {
  return slotsWithin(availableParallelism());
}

/** The memory of this machine, or of the container or the job around this process where that is less, in bytes. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return memoryWithin(Math.min(totalmem(), constrained > 0 ? constrained : Number.POSITIVE_INFINITY));
}

/** The devices of this machine that nodes may be given, looked for only where one wants some. */
export function machineGpus(nodes: readonly GraphNode[]): readonly GpuDevice[] {
  if (!nodes.some(({ resources }) => resources.gpus > 0)) return [];
  const found = gpuDevices();
  const onGpuEngine = nodes.some(({ engine }) => engine !== undefined && engines[engine]?.gpu === true);
  // A GPU engine that was asked for by name may compute on an adapter that is a program.
  const software = onGpuEngine && process.env['KSHOT_GPUS'] === undefined ? [softwareGpu] : [];
  return found.length > 0 ? found : software;
}
