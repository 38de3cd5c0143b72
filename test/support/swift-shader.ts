import { existsSync } from 'node:fs';

const drivers = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/opt/google/chrome/vk_swiftshader_icd.json'];

/** The environment in which Vulkan has SwiftShader alone, a driver that computes on the CPU; `skip` where it is not installed. */
export function swiftShader(): {
  readonly skip: boolean;
  readonly environment: { readonly [name: string]: string };
} {
  const driver = drivers.find((path) => existsSync(path));
  if (driver === undefined) {
    console.warn(`skipping tests on WebGPU: no SwiftShader, none of ${drivers.join(', ')}`);
    return { skip: true, environment: {} };
  }
  return { skip: false, environment: { VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: '/tmp' } };
}
