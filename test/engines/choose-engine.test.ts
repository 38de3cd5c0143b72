import { describe, expect, it } from 'vitest';
import { chooseEngine, chooseEngineOfJob } from '../../src/engines/choose-engine.js';
import type { EngineProbe } from '../../src/engines/engine.js';
import { engines } from '../../src/engines/registry.js';

const gpu = { id: '0', index: 0 };
const hardware = (device: string): EngineProbe => ({ available: true, device, versions: {} });
const software: EngineProbe = { available: true, device: 'SwiftShader', software: true, versions: {} };
const missing: EngineProbe = { available: false, why: 'its package is not installed', versions: {} };
const gpuEngines = Object.values(engines).flatMap(({ name, gpu: isGpu }) => (isGpu ? [name] : []));

/** A choice on a machine with one GPU, and which engines were probed for it, in order. */
async function choose(asked: string, probes: { readonly [engine: string]: EngineProbe }, gpus = [gpu]) {
  const probed: string[] = [];
  const choice = await chooseEngine(asked, {
    gpus,
    async probe(name) {
      probed.push(name);
      return probes[name] ?? missing;
    },
  });
  return { ...choice, probed };
}

describe('the engine that auto stands for', () => {
  it('is wasm where there is no GPU, and nothing is probed', async () => {
    expect(await choose('auto', {}, [])).toEqual({ engine: 'wasm', why: 'there is no GPU', probed: [] });
  });

  it('is the first GPU engine with hardware to compute on, PyTorch before TensorFlow before WebGPU', async () => {
    expect(gpuEngines.slice(0, 3)).toEqual(['torch', 'tfjs:tensorflow', 'tfjs:webgpu']);
    const first = await choose('auto', { torch: hardware('H100'), 'tfjs:webgpu': hardware('H100') });
    expect(first).toEqual({ engine: 'torch', why: 'there is a GPU: H100', probed: ['torch'] });
    for (const name of gpuEngines)
      expect((await choose('auto', { [name]: hardware('M2') })).engine).toBe(name);
  });

  it('is not PyTorch where that sees the CPU alone', async () => {
    const onCpu: EngineProbe = { ...software, device: 'the CPU' };
    expect((await choose('auto', { torch: onCpu })).engine).toBe('wasm');
    expect((await choose('auto', { torch: onCpu, 'tfjs:webgpu': hardware('M2') })).engine).toBe(
      'tfjs:webgpu',
    );
  });

  it('is wasm where no GPU engine can use the GPU, and says why of each', async () => {
    const { engine, why, probed } = await choose('auto', { [gpuEngines.at(-1) ?? '']: software });
    expect(engine).toBe('wasm');
    expect(probed).toEqual(gpuEngines);
    expect(why).toContain(`${gpuEngines.at(-1)}: its only device is SwiftShader`);
    if (gpuEngines.length > 1) expect(why).toContain('tfjs:tensorflow: its package is not installed');
  });
});

describe('the engine that another name stands for', () => {
  it('is for tfjs the first of its backends that has hardware, else the one on the CPU', async () => {
    expect((await choose('tfjs', {}, [])).engine).toBe('tfjs:cpu');
    expect((await choose('tfjs', { [gpuEngines.at(-1) ?? '']: software })).engine).toBe('tfjs:cpu');
    const last = gpuEngines.at(-1) ?? '';
    expect((await choose('tfjs', { [last]: hardware('A770') })).engine).toBe(last);
  });

  it('is that engine itself, whatever there is', async () => {
    for (const name of Object.keys(engines)) {
      expect(await choose(name, {})).toMatchObject({ engine: name, probed: [] });
    }
  });
});

describe('the engine that a name stands for in a job', () => {
  const ofJob = async (asked: string, asksForGpu: boolean, torch: EngineProbe = missing) => {
    const probed: string[] = [];
    const choice = await chooseEngineOfJob(asked, asksForGpu, async (name) => {
      probed.push(name);
      return torch;
    });
    return { ...choice, probed };
  };

  it('is one for the CPU where the job asks for no GPU, whatever this machine has', async () => {
    const why = 'the job asks for no GPU';
    expect(await ofJob('auto', false, hardware('H100'))).toEqual({ engine: 'wasm', why, probed: [] });
    expect(await ofJob('tfjs', false)).toEqual({ engine: 'tfjs:cpu', why, probed: [] });
  });

  it('is PyTorch where it asks for one and that can be tried here, on the CPU too', async () => {
    const onCpu: EngineProbe = { ...software, device: 'the CPU' };
    const torch = { engine: 'torch', why: 'the job asks for a GPU', probed: ['torch'] };
    expect(await ofJob('auto', true, onCpu)).toEqual(torch);
  });

  it('is else one for the CPU, and says why; a name is itself', async () => {
    expect(await ofJob('auto', true)).toMatchObject({
      engine: 'wasm',
      why: 'no engine for GPUs can be tried here (torch: its package is not installed)',
    });
    expect(await ofJob('tfjs', true)).toMatchObject({ engine: 'tfjs:cpu', probed: [] });
    expect(await ofJob('tfjs:webgpu', true)).toMatchObject({ engine: 'tfjs:webgpu', probed: [] });
  });
});
