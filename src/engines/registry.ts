import type { EngineDescriptor } from './engine.js';

/** Every engine, by name. Adding one is a folder and a line here. */
export const engines: { readonly [name: string]: EngineDescriptor } = {
  reference: {
    name: 'reference',
    gpu: false,
    deterministic: true,
    parallel: false,
    summary: 'float64, plain, one thread; what every engine is held to',
    probe: async () => ({ available: true, versions: {} }),
    load: () => import('./reference/reference-engine.js'),
  },
  wasm: {
    name: 'wasm',
    gpu: false,
    deterministic: true,
    parallel: true,
    summary: 'float32, SIMD, on all free threads',
    probe: async () => await (await import('./wasm/probe-wasm.js')).probeWasm(),
    load: () => import('./wasm/wasm-engine.js'),
  },
};

/** An engine, and why it was chosen: one clause. */
export interface EngineChoice {
  readonly engine: string;
  readonly why: string;
}

/** The engine that `engine: auto` stands for here; known without touching any device. */
export function automaticEngine(): EngineChoice {
  return { engine: 'wasm', why: 'it is the fast engine for CPUs, and there is none for GPUs' };
}
