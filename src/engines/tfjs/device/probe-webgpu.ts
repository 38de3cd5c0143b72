import { faultRemedy, gradientFault } from '../../check-gradient.js';
import type { Engine, EngineOptions, EngineProbe } from '../../engine.js';
import { installedVersions } from '../../installed-version.js';
import { openWebgpu, type WebgpuDevice } from '../webgpu/webgpu-device.js';

const packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu'];

/** Makes an engine on an open device. */
export type CreateOnWebgpu = (opened: WebgpuDevice, options: EngineOptions) => Promise<Engine>;

/** Opens a device, a program that stands in for one too, and sees whether hardware computes what it should. */
export async function probeWebgpu(create: CreateOnWebgpu): Promise<EngineProbe> {
  const versions = installedVersions(packages);
  try {
    const opened = await openWebgpu({ allowSoftware: true });
    const { vendor, architecture, device, description } = opened.info;
    const fault = opened.software ? undefined : await gradientFault((options) => create(opened, options));
    await opened.close();
    if (fault !== undefined) {
      return { available: false, why: `${opened.name}: ${fault}`, remedy: faultRemedy, versions };
    }
    return {
      available: true,
      device: device || architecture || vendor,
      ...(description === '' ? {} : { driver: description }),
      ...(opened.software ? { software: true } : {}),
      versions,
    };
  } catch (error) {
    return {
      available: false,
      why: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
      remedy: remedyFor(process.platform),
      versions,
    };
  }
}

function remedyFor(platform: NodeJS.Platform): string {
  if (platform !== 'linux') return 'update the system, or compute with --engine wasm';
  return "it wants a Vulkan driver: libvulkan1 and the GPU's own (NVIDIA's, or mesa-vulkan-drivers); a container must be given the driver's graphics part, too (NVIDIA_DRIVER_CAPABILITIES=all)";
}
