import { readFile } from 'node:fs/promises';
import type { EngineProbe } from '../engine.js';

/** Compiles the kernel, which fails where the processor has no 128-bit SIMD. */
export async function probeWasm(): Promise<EngineProbe> {
  try {
    await WebAssembly.compile(await readFile(new URL('./kernel.wasm', import.meta.url)));
    return { available: true, versions: {} };
  } catch (error) {
    return {
      available: false,
      why: `its kernel does not compile here: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'it needs a processor with 128-bit SIMD (SSE4.1 or NEON); --engine reference computes on any',
      versions: {},
    };
  }
}
