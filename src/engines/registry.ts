import type { EngineDescriptor } from './engine.js';
import { libraryLook } from './tfjs/device/tensorflow-library.js';
import { interpreterLook } from './torch/torch-interpreter.js';

/** Every engine, by name. Adding one is a folder and a line here. */
export const engines: { readonly [name: string]: EngineDescriptor } = {
  reference: {
    name: 'reference',
    gpu: false,
    deterministic: true,
    listsItems: true,
    parallel: false,
    summary: 'float64, plain, one thread; what every engine is held to',
    packages: [],
    probe: async () => ({ available: true, versions: {} }),
    load: () => import('./reference/reference-engine.js'),
  },
  wasm: {
    name: 'wasm',
    gpu: false,
    deterministic: true,
    listsItems: true,
    parallel: true,
    summary: 'float32, SIMD, on all free threads',
    packages: [],
    surroundings: () => process.env['KSHOT_KERNEL'] ?? '',
    form: async () => (await import('./wasm/probe-wasm.js')).formToBeUsed(),
    probe: async () => await (await import('./wasm/probe-wasm.js')).probeWasm(),
    load: () => import('./wasm/wasm-engine.js'),
  },
  torch: {
    name: 'torch',
    gpu: true,
    cpuToo: true,
    deterministic: false,
    listsItems: true,
    parallel: true,
    summary: 'float32, PyTorch, on an NVIDIA GPU by CUDA, or on the CPU',
    packages: [],
    keyedVersions: ['torch'],
    surroundings: interpreterLook,
    probe: async (python) => await (await import('./torch/probe-torch.js')).probeTorch(python),
    load: () => import('./torch/torch-engine.js'),
  },
  'tfjs:tensorflow': {
    name: 'tfjs:tensorflow',
    gpu: true,
    deterministic: false,
    listsItems: false,
    parallel: false,
    summary: 'float32, TensorFlow on an NVIDIA GPU by CUDA',
    // It brings the rest of TensorFlow.js along.
    packages: ['@tensorflow/tfjs-node-gpu'],
    platforms: ['linux-x64'],
    installer: 'tensorflow-library.mjs',
    installNote: 'which fetches TensorFlow with CUDA 12 from PyPI, 2 GB; NVIDIA’s driver has to be there',
    keyedVersions: ['libtensorflow'],
    surroundings: () => libraryLook(),
    probe: () => probeApart('tfjs:tensorflow'),
    load: () => import('./tfjs/tfjs-tensorflow-engine.js'),
  },
  'tfjs:webgpu': {
    name: 'tfjs:webgpu',
    gpu: true,
    deterministic: false,
    listsItems: false,
    parallel: false,
    summary: 'float32, any GPU by Vulkan, Metal or Direct3D 12',
    packages: ['webgpu'],
    probe: () => probeApart('tfjs:webgpu'),
    load: () => import('./tfjs/tfjs-webgpu-engine.js'),
  },
  'tfjs:webgpu-plain': {
    name: 'tfjs:webgpu-plain',
    gpu: true,
    deterministic: false,
    listsItems: false,
    parallel: false,
    summary: 'float32, in operations of TensorFlow.js, for a GPU too small for tfjs:webgpu; to compare with',
    packages: ['webgpu', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'],
    probe: () => probeApart('tfjs:webgpu-plain'),
    load: () => import('./tfjs/tfjs-webgpu-plain-engine.js'),
  },
  'tfjs:cpu': {
    name: 'tfjs:cpu',
    gpu: false,
    deterministic: true,
    listsItems: false,
    parallel: false,
    summary: 'float32, what tfjs does on a GPU, in JavaScript: slow, to compare with',
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
    probe: async () => (await import('./tfjs/device/probe-cpu.js')).probeCpu(),
    load: () => import('./tfjs/tfjs-cpu-engine.js'),
  },
};

/** Looks in a process of its own: a driver that crashes must not end kshot. */
async function probeApart(name: string) {
  const { probeInProcess } = await import('./probe-in-process.js');
  return await probeInProcess(name);
}

/** What `engine:` may say beside the engines' names: each stands for the best of several. */
export const engineGroups = ['auto', 'tfjs'] as const;
