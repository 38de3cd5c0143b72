import { describe, expect, it } from 'vitest';
import { gradientFault } from '../../src/engines/check-gradient.js';
import type { EngineOptions } from '../../src/engines/engine.js';
import { createWebgpuEngine } from '../../src/engines/tfjs/tfjs-webgpu-engine.js';
import { createEngine as createWasm } from '../../src/engines/wasm/wasm-engine.js';
import { openSoftwareWebgpu } from './tfjs/software-webgpu.js';

describe('the gradient that a device is held to before it is used', () => {
  it('finds no fault with an engine that computes it otherwise', async () => {
    expect(await gradientFault(createWasm)).toBeUndefined();
  });

  it.each([
    ['that is off by a hundredth', (value: number, i: number) => value * (i % 2 === 0 ? 1 : 0.98)],
    ['that is no number', () => Number.NaN],
  ])('finds fault with one %s', async (_, spoil) => {
    const createSpoilt = async (options: EngineOptions) => {
      const engine = await createWasm(options);
      const metaGradient: typeof engine.metaGradient = async (...given) => {
        const found = await engine.metaGradient(...given);
        return { ...found, gradient: found.gradient.map(spoil) };
      };
      return { ...engine, metaGradient, close: () => engine.close() };
    };
    expect(await gradientFault(createSpoilt)).toMatch(/is wrong: its relative error is/);
  });

  it('finds fault with an engine that leaves the second order out', async () => {
    const createFirstOrder = async (options: EngineOptions) => {
      const engine = await createWasm(options);
      return {
        ...engine,
        metaGradient: ((parameters, tasks, hyper) =>
          engine.metaGradient(parameters, tasks, {
            ...hyper,
            secondOrder: false,
          })) as typeof engine.metaGradient,
        close: () => engine.close(),
      };
    };
    expect(await gradientFault(createFirstOrder)).toMatch(/is wrong/);
  });

  it('finds no fault with the programs for WebGPU on SwiftShader', async ({ skip }) => {
    const opened = await openSoftwareWebgpu();
    if (typeof opened === 'string') return skip(opened);
    try {
      expect(await gradientFault((options) => createWebgpuEngine(opened, options))).toBeUndefined();
    } finally {
      await opened.close();
    }
  });
});
