import type { EngineProbe } from '../engine.js';
import { kernelForm, nameOfForm, wasmForm } from './kernel-form.js';

/** Compiles the kernel, which fails where the processor has no 128-bit SIMD, and looks in which form it would be used. */
export async function probeWasm(): Promise<EngineProbe> {
  try {
    await wasmForm();
    return { available: true, device: nameOfForm(await kernelForm()), versions: {} };
  } catch (error) {
    return {
      available: false,
      why: `its kernel does not compile here: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'it needs a processor with 128-bit SIMD (SSE4.1 or NEON); --engine reference computes on any',
      versions: {},
    };
  }
}
