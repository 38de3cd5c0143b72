import { existsSync } from 'node:fs';
import { openWebgpu, type WebgpuDevice } from '../../../src/engines/tfjs/webgpu/webgpu-device.js';

/** SwiftShader, a Vulkan driver that computes on the CPU, as Debian's chromium and Chrome bring it. */
const drivers = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/opt/google/chrome/vk_swiftshader_icd.json'];

/** A device on SwiftShader; why there is none, where there is none. */
export async function openSoftwareWebgpu(): Promise<WebgpuDevice | string> {
  const driver = drivers.find((path) => existsSync(path));
  if (driver === undefined) return `no SwiftShader: none of ${drivers.join(', ')}`;
  // The Vulkan loader reads these when the first instance is made.
  process.env['VK_ICD_FILENAMES'] = driver;
  process.env['XDG_RUNTIME_DIR'] ??= '/tmp';
  try {
    return await openWebgpu({ allowSoftware: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
