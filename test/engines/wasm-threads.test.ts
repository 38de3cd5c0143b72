import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetaGradient } from '../../src/engines/engine.js';
import { KernelMemory } from '../../src/engines/wasm/kernel-memory.js';
import { createEngine } from '../../src/engines/wasm/wasm-engine.js';
import { WorkerPool } from '../../src/engines/wasm/worker-pool.js';
import { initialParameters } from '../../src/model/initial-parameters.js';
import { scopeFactors } from '../../src/model/inner-rates.js';
import { parameterCount } from '../../src/model/parameter-layout.js';
import { arbitraryPairs, arbitraryTask, pairSet } from './arbitrary-tasks.js';

const shape = { items: 45, embedding: 10, hidden: 20 };
const parameters = Float32Array.from(initialParameters(shape, 1));
const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 21, seed: 2 });
const hyper = { innerRates: 0.1, innerSteps: 3, lambdaResidual: 0.1, secondOrder: true };
/** Rates that differ, and are 0 outside the output layer. */
const headRates = Float32Array.from(
  scopeFactors(shape, { adapt: 'head', paddingIndex: null }) ?? [],
  (factor, i) => factor * (0.05 + (i % 7) / 100),
);

describe('the threads of the wasm engine', () => {
  it('give the same bits whether there are 1, 2, 3, 4 or 8 of them', async () => {
    const batch = pairSet(
      fc.sample(arbitraryPairs(shape.items), { numRuns: 60, seed: 3 }).flatMap(({ items, offsets, labels }) =>
        Array.from(labels, (label, i) => ({
          prefix: [...items.subarray(offsets[i], offsets[i + 1])],
          label,
        })),
      ),
    );
    const results: unknown[] = [];
    for (const threads of [1, 2, 3, 4, 8]) {
      const engine = await createEngine({ shape, threads });
      results.push({
        second: await engine.metaGradient(parameters, tasks, hyper),
        rates: await engine.metaGradient(parameters, tasks, { ...hyper, learnRates: true }),
        head: await engine.metaGradient(parameters, tasks, { ...hyper, innerRates: headRates }),
        headRanked: await engine.adaptAndRank(parameters, tasks, { innerRates: headRates, steps: [1, 3] }),
        first: await engine.metaGradient(parameters, tasks, { ...hyper, secondOrder: false }),
        ranked: await engine.adaptAndRank(parameters, tasks, { innerRates: 0.1, steps: [0, 1, 3] }),
        supervised: await engine.lossGradient(parameters, batch),
      });
      await engine.close();
    }
    const [one, ...others] = results;
    expect(JSON.stringify(one)).not.toContain('null');
    for (const other of others) expect(other).toEqual(one);
  });

  it('answer calls made at once as they answer them one by one', async () => {
    const engine = await createEngine({ shape, threads: 2 });
    const alone: MetaGradient[] = [];
    const some = [tasks.slice(0, 1), tasks.slice(1, 9), tasks.slice(9, 12)];
    for (const list of some) alone.push(await engine.metaGradient(parameters, list, hyper));
    const together = await Promise.all(some.map((list) => engine.metaGradient(parameters, list, hyper)));
    await engine.close();
    expect(together).toEqual(alone);
  });

  it('take no more memory over a thousand calls', async () => {
    const engine = await createEngine({ shape, threads: 2 });
    const call = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await engine.metaGradient(parameters, tasks.slice(0, 4), hyper);
    };
    await call(100);
    const before = process.memoryUsage();
    await call(1000);
    const after = process.memoryUsage();
    await engine.close();
    // A call lays out about 0.5 MB; a thousand of them kept would be hundreds.
    expect(after.rss - before.rss).toBeLessThan(60e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20e6);
  });

  it('fail the call, and every later one, when one of them dies', async () => {
    // A module without the kernel's exports: the thread fails as soon as it starts.
    const empty = await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const { memory } = new KernelMemory(65_536);
    const pool = new WorkerPool({ module: empty, memory, shape: [8, 8, 8, 8] }, [0, 0]);
    const order = { call: 'workOff' as const, queue: 0, arena: 0 };
    const crashed = { failure: { reason: 'worker-crashed' } };
    await expect(pool.run([order, order])).rejects.toMatchObject(crashed);
    await expect(pool.run([order])).rejects.toMatchObject(crashed);
    await pool.close();
  });

  it('fail a call that is under way when the engine is closed', async () => {
    const engine = await createEngine({ shape, threads: 2 });
    const call = engine.metaGradient(parameters, tasks, { ...hyper, innerSteps: 2000, secondOrder: false });
    const settled = expect(call).rejects.toMatchObject({ failure: { reason: 'worker-crashed' } });
    await engine.close();
    await settled;
  });

  it('are never asked for more memory than there is', async () => {
    const large = { items: 100_000, embedding: 8, hidden: 8 };
    const engine = await createEngine({ shape: large, threads: 1 });
    const zeros = new Float32Array(parameterCount(large));
    const call = engine.metaGradient(zeros, [tasks[0] ?? { support: pairSet([]), query: pairSet([]) }], {
      ...hyper,
      innerSteps: 100_000,
    });
    await expect(call).rejects.toMatchObject({
      failure: { reason: 'engine-unavailable', message: expect.stringMatching(/needs more memory .* GB/) },
    });
    // The same engine still works.
    const { loss } = await engine.metaGradient(zeros, tasks.slice(0, 1), { ...hyper, innerSteps: 1 });
    expect(loss).toBeCloseTo(Math.log(100_000), 2);
    await engine.close();
  });

  it('let the process end when nothing waits for them', async () => {
    const built = (path: string) => pathToFileURL(`${process.cwd()}/dist/${path}`).href;
    const program = `
      import { createEngine } from ${JSON.stringify(built('engines/wasm/wasm-engine.js'))};
      const shape = { items: 8, embedding: 8, hidden: 8 };
      const pairs = { items: Int32Array.of(1), offsets: Int32Array.of(0, 1), labels: Int32Array.of(2) };
      const engine = await createEngine({ shape, threads: 2 });
      const { loss } = await engine.lossGradient(new Float32Array(${parameterCount({ items: 8, embedding: 8, hidden: 8 })}), pairs);
      console.log(loss.toFixed(4));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 30_000,
    });
    expect(stdout).toBe('2.0794\n');
  });
});
