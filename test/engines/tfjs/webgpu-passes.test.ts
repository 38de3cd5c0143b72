import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Task } from '../../../src/data/pair-set.js';
import type { Engine, MetaHyper } from '../../../src/engines/engine.js';
import { assignSlots } from '../../../src/engines/item-slots.js';
import { createEngine as createReference } from '../../../src/engines/reference/reference-engine.js';
import { packForests } from '../../../src/engines/tfjs/packed-forests.js';
import { createTfjsEngine } from '../../../src/engines/tfjs/tfjs-engine.js';
import { createWebgpuEngine } from '../../../src/engines/tfjs/tfjs-webgpu-engine.js';
import { createPlainWebgpuEngine } from '../../../src/engines/tfjs/tfjs-webgpu-plain-engine.js';
import { createBufferPool } from '../../../src/engines/tfjs/webgpu/buffer-pool.js';
import { planForests } from '../../../src/engines/tfjs/webgpu/forest-plan.js';
import {
  createFusedPasses,
  type FusedOptions,
  type FusedPasses,
} from '../../../src/engines/tfjs/webgpu/fused-passes.js';
import {
  DeviceLostError,
  DeviceOutOfMemoryError,
  openWebgpu,
  type WebgpuDevice,
  WebgpuUnavailableError,
} from '../../../src/engines/tfjs/webgpu/webgpu-device.js';
import type { GruShape } from '../../../src/model/gru/gru-shape.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { slowTest } from '../../support/slow-tests.js';
import { arbitraryTask, pairSet, randomParameters } from '../arbitrary-tasks.js';
import { relativeError, worstTensor } from '../numeric.js';
import { openSoftwareWebgpu } from './software-webgpu.js';

const shape = { items: 9, embedding: 4, hidden: 5 };
const hyper: MetaHyper = { innerRates: 0.2, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };
const parameters = Float32Array.from(randomParameters(shape, 7));
const tasksOf = (count: number, { items }: GruShape = shape, seed = 20260107): readonly Task[] =>
  fc.sample(arbitraryTask(items), { numRuns: count, seed });

const opened = await openSoftwareWebgpu();
if (typeof opened === 'string') console.warn(`skipping the programs for WebGPU: ${opened}`);

describe.skipIf(typeof opened === 'string')('the programs for WebGPU', () => {
  const device = opened as WebgpuDevice;
  afterAll(async () => await device.close());

  slowTest('agree with the reference at the size of the experiment, compiled for it', async () => {
    const own = { items: 343, embedding: 64, hidden: 128 };
    const tasks = tasksOf(3, own);
    const theta = Float32Array.from(initialParameters(own, 2));
    const settings = { ...hyper, innerRates: 0.05 };
    const reference = await createReference({ shape: own, threads: 1 });
    const engine = await createWebgpuEngine(device, { shape: own, threads: 1 });
    const found = await engine.metaGradient(theta, tasks, settings);
    const expected = await reference.metaGradient(theta, tasks, settings);
    expect(relativeError(found.lossPerTask, expected.lossPerTask)).toBeLessThan(1e-6);
    expect(worstTensor(own, found.gradient, expected.gradient)).toBeLessThan(1e-5);
    await engine.close();
  });

  slowTest('agree with the library in its own operations on the same device', async () => {
    const tasks = tasksOf(2);
    const settings = { ...hyper, innerSteps: 1 };
    const reference = await createReference({ shape, threads: 1 });
    const expected = await reference.metaGradient(parameters, tasks, settings);
    for (const create of [createWebgpuEngine, createPlainWebgpuEngine]) {
      const engine = await create(device, { shape, threads: 1 });
      const found = await engine.metaGradient(parameters, tasks, settings);
      expect(relativeError(found.lossPerTask, expected.lossPerTask)).toBeLessThan(1e-6);
      expect(worstTensor(shape, found.gradient, expected.gradient)).toBeLessThan(1e-5);
      await engine.close();
    }
    // What the library was shown of a browser is gone.
    expect((globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu).toBeUndefined();
  });

  slowTest('give the same bits however many rows a workgroup takes at once', async () => {
    const tasks = tasksOf(3);
    const steps = [0, 2];
    const results = [];
    for (const lanes of [1, 4] as const) {
      const { engine } = fusedEngine(device, { lanes });
      const learned = { ...hyper, learnRates: true, innerRates: parameters.map(Math.abs) };
      results.push([
        await engine.metaGradient(parameters, tasks, learned),
        await engine.adaptAndRank(parameters, tasks, { innerRates: 0.2, steps }),
      ]);
      await engine.close();
    }
    expect(results[1]).toEqual(results[0]);
  });

  it('take as many dispatches for many tasks as for few, and few', async () => {
    const counts = [];
    for (const count of [1, 9]) {
      const { engine, passes } = fusedEngine(device);
      await engine.metaGradient(parameters, tasksOf(count), { ...hyper, innerSteps: 5 });
      counts.push(passes().queue.counters.dispatches);
      await engine.close();
    }
    expect(counts[1]).toBe(counts[0]);
    expect(counts[0]).toBeLessThan(110);
  });

  it('hold no more buffers after eighty iterations than after twenty', async () => {
    const { engine, passes } = fusedEngine(device);
    const batches = [1, 2, 3].map((seed) => tasksOf(1, shape, seed));
    let early = 0;
    for (let iteration = 0; iteration < 80; iteration++) {
      const tasks = batches[iteration % batches.length] ?? [];
      await engine.metaGradient(parameters, tasks, { ...hyper, innerSteps: 1, lambdaResidual: 0 });
      const { bytesAllocated } = passes().queue.counters;
      if (iteration < 20) early = Math.max(early, bytesAllocated);
      else expect(bytesAllocated).toBeLessThanOrEqual(early);
    }
    expect(early).toBeGreaterThan(0);
    expect(passes().queue.pool.leases).toBe(0);
    await engine.close();
  });

  it('say that there is no room for a buffer that the device does not do, and go on', async () => {
    const { engine, passes } = fusedEngine(device);
    const own = passes();
    const size = device.device.limits.maxBufferSize + 4;
    expect(() => own.enqueue(() => ({ one: own.queue.pool.lease(size) }))).toThrow(DeviceOutOfMemoryError);
    const { loss } = await engine.metaGradient(parameters, tasksOf(1), hyper);
    expect(loss).toBeGreaterThan(0);
    await engine.close();
  });

  it('run on no software device that was not asked for', async () => {
    await expect(openWebgpu({ allowSoftware: false })).rejects.toThrow(WebgpuUnavailableError);
    await expect(openWebgpu({ allowSoftware: true, deviceIndex: 7 })).rejects.toThrow(
      /no graphics adapter 7/,
    );
  });

  it('say that the device is lost when it is', async () => {
    const other = await openWebgpu({ allowSoftware: true });
    const { engine } = fusedEngine(other);
    await engine.metaGradient(parameters, tasksOf(1), hyper);
    other.device.destroy();
    await expect(engine.metaGradient(parameters, tasksOf(1), hyper)).rejects.toThrow(DeviceLostError);
    await engine.close();
    await other.close();
  });

  it.each(['closed', 'left open'])('let the process end when their device was %s', (how) => {
    const script = `
      const { createWebgpuEngine } = await import(${JSON.stringify(built('tfjs-webgpu-engine.js'))});
      const { openWebgpu } = await import(${JSON.stringify(built('webgpu/webgpu-device.js'))});
      const device = await openWebgpu({ allowSoftware: true });
      const engine = await createWebgpuEngine(device, { shape: ${JSON.stringify(shape)}, threads: 1 });
      const pairs = { items: Int32Array.of(1, 2), offsets: Int32Array.of(0, 2), labels: Int32Array.of(3) };
      const { loss } = await engine.lossGradient(Float32Array.from(${JSON.stringify([...parameters])}), pairs);
      console.log(Number.isFinite(loss));
      ${how === 'closed' ? 'await engine.close(); await device.close();' : ''}
    `;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'true\n' });
  });
});

describe('a pool of buffers', () => {
  /** A device that has what is asked of it, or not. */
  const deviceThat = (error: { readonly message: string } | null) => {
    const limits = { maxBufferSize: 2 ** 32, maxStorageBufferBindingSize: 2 ** 32 };
    const device = {
      limits,
      pushErrorScope: () => undefined,
      popErrorScope: async () => error,
      createBuffer: ({ size, usage }: GPUBufferDescriptor) => ({ size, usage, destroy: () => undefined }),
    };
    return device as unknown as GPUDevice;
  };

  it('tells, once it is asked to settle, that the device had no memory left', async () => {
    const pool = createBufferPool(deviceThat({ message: 'VK_ERROR_OUT_OF_DEVICE_MEMORY' }));
    pool.lease(1000);
    await expect(pool.settle()).rejects.toThrow(DeviceOutOfMemoryError);
    await pool.settle();
  });

  it('keeps what may be wanted again, and of many gibibytes nothing', () => {
    const pool = createBufferPool(deviceThat(null));
    pool.lease(2 ** 30);
    pool.lease(2 ** 31).release();
    pool.trim();
    expect(pool.bytesAllocated).toBe(3 * 2 ** 30);
    pool.lease(3.5 * 2 ** 30).release();
    pool.trim();
    expect(pool.bytesAllocated).toBe(2 ** 30);
  });
});

describe('the forests as the programs read them', () => {
  it('start no more workgroups than any device does, however many the rows of few trees', () => {
    // One tree of very many rows: a root, and every pair of items after it.
    const pairs = Array.from({ length: 66_000 }, (_, i) => ({
      prefix: [0, Math.floor(i / 300), i % 300],
      label: 1,
    }));
    const sets = [[pairSet(pairs)]];
    const packed = packForests(sets, assignSlots(sets));
    expect(packed.rows).toBeGreaterThan(65_535);
    const { lanes, rowBlocks, pairBlocks, slotBlocks } = planForests(packed);
    expect(lanes).toBe(4);
    for (const count of [rowBlocks, pairBlocks, slotBlocks]) expect(count).toBeLessThan(65_536);
  });
});

function fusedEngine(
  device: WebgpuDevice,
  options: FusedOptions = {},
): { readonly engine: Engine; passes(): FusedPasses } {
  let passes: FusedPasses | undefined;
  const engine = createTfjsEngine(
    {
      name: 'webgpu',
      limits: { memoryBytes: 2 ** 30, bufferBytes: 2 ** 29 },
      createPasses(own) {
        passes = createFusedPasses(device, own, options);
        return passes;
      },
    },
    { shape, threads: 1 },
  );
  return {
    engine,
    passes() {
      if (passes === undefined) throw new Error('the engine made no passes');
      return passes;
    },
  };
}

function built(file: string): string {
  return fileURLToPath(new URL(`../../../dist/engines/tfjs/${file}`, import.meta.url));
}
