import { gpuDevices } from '../../gpu-devices.js';
import { nvidiaDriverVersion, nvidiaModels } from '../../nvidia-driver.js';
import type { LoadedTensorflow } from './load-tensorflow.js';

/** What TensorFlow computes on, for people; `gpuIndex` is the place of the GPU that it was shown. */
export function tensorflowDevice(
  { usesGpu }: Pick<LoadedTensorflow, 'usesGpu'>,
  gpuIndex = gpuDevices()[0]?.index ?? 0,
): { readonly device: string; readonly driver?: string } {
  if (!usesGpu) return { device: 'the CPU, no GPU' };
  const driver = nvidiaDriverVersion();
  return {
    device: nvidiaModels()[gpuIndex] ?? `GPU ${gpuIndex}`,
    ...(driver === undefined ? {} : { driver }),
  };
}
