import { type WebgpuDevice, webgpuGlobals } from './webgpu-device.js';

/** The name under which the library knows the backend. */
const backendName = 'webgpu';

/**
 * Sets TensorFlow.js up to compute on `opened` in its own programs, which is what the portable passes need; gives what
 * takes it away again. The library looks for a browser's classes and constants among the globals and finds them there
 * from then on; of `navigator` it only wants to see once that it knows of GPUs.
 */
export async function registerLibraryBackend(opened: WebgpuDevice): Promise<() => void> {
  const globals = await webgpuGlobals();
  const { GPUBuffer, GPUBufferUsage, GPUMapMode, GPUTexture, GPUTextureUsage } = globals;
  Object.assign(globalThis, { GPUBuffer, GPUBufferUsage, GPUMapMode, GPUTexture, GPUTextureUsage });
  const tf = await import('@tensorflow/tfjs-core');
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const backend = asInBrowser(() => new WebGPUBackend(opened.device, opened.info));
  tf.registerBackend(backendName, () => backend);
  await tf.setBackend(backendName);
  return () => tf.removeBackend(backendName);
}

function asInBrowser<Value>(compute: () => Value): Value {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });
  try {
    return compute();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  }
}
