import type { EngineDescriptor } from './engine.js';

/** Every engine, by name. Adding one is a folder and a line here. */
export const engines: { readonly [name: string]: EngineDescriptor } = {
  reference: {
    name: 'reference',
    gpu: false,
    deterministic: true,
    parallel: false,
    load: () => import('./reference/reference-engine.js'),
  },
  wasm: {
    name: 'wasm',
    gpu: false,
    deterministic: true,
    parallel: true,
    load: () => import('./wasm/wasm-engine.js'),
  },
};

/** The engine that `engine: auto` stands for; known without touching any device. */
export function automaticEngine(): string {
  return 'wasm';
}
