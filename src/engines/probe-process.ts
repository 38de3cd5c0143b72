import type { EngineProbe } from './engine.js';
import type { CreateOnWebgpu } from './tfjs/device/probe-webgpu.js';

/** The module that a probing process starts with: prints what the probe of the engine that it is given came to. */
const probe = await probeOf(process.argv[2]);
// Libraries may print, too; who reads looks for this line.
process.stdout.write(`\n${JSON.stringify(probe)}\n`, () => process.exit(0));

async function probeOf(name: string | undefined): Promise<EngineProbe> {
  switch (name) {
    case 'tfjs:tensorflow':
      return await (await import('./tfjs/device/probe-tensorflow.js')).probeTensorflow();
    case 'tfjs:webgpu':
      return await probeWebgpu((await import('./tfjs/tfjs-webgpu-engine.js')).createWebgpuEngine);
    case 'tfjs:webgpu-plain':
      return await probeWebgpu((await import('./tfjs/tfjs-webgpu-plain-engine.js')).createPlainWebgpuEngine);
    default:
      throw new Error(`no engine ${name} is probed apart`);
  }
}

async function probeWebgpu(create: CreateOnWebgpu): Promise<EngineProbe> {
  return await (await import('./tfjs/device/probe-webgpu.js')).probeWebgpu(create);
}
