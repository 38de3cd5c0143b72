import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeKernel } from '../../src/engines/wasm/native-kernel.js';
import { createEngineOn } from '../../src/engines/wasm/wasm-engine.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { arbitraryTask } from './arbitrary-tasks.js';
import { kernelForms } from './kernel-forms.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-native-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('every form of the kernel gives the same bits, in whatever an engine is asked for', async () => {
  // Padded to 48, 24 and 40: whole vectors of 8 lanes, and not of 16.
  const shape = { items: 45, embedding: 20, hidden: 37 };
  const parameters = Float32Array.from(initialParameters(shape, 1));
  const tasks = fc.sample(arbitraryTask(shape.items), { numRuns: 11, seed: 5 });
  const hyper = { innerRates: 0.1, innerSteps: 3, lambdaResidual: 0.1, secondOrder: true };
  const each = Float32Array.from(parameters, (_, i) => (i % 5) / 50);
  const layers = { steps: 2, rates: Float32Array.from({ length: 14 }, (_, i) => 0.02 + i / 100) };
  const pairs = tasks[0]?.query;
  if (pairs === undefined) throw new Error('no task was drawn');
  const results: unknown[] = [];
  for (const { form } of await kernelForms()) {
    const engine = createEngineOn(form, { shape, threads: 2 });
    results.push({
      second: await engine.metaGradient(parameters, tasks, hyper),
      first: await engine.metaGradient(parameters, tasks, { ...hyper, secondOrder: false }),
      each: await engine.metaGradient(parameters, tasks, { ...hyper, innerRates: each, learnRates: true }),
      layers: await engine.metaGradient(parameters, tasks, {
        ...hyper,
        innerRates: layers,
        learnRates: true,
        stepWeights: [0.2, 0.3, 0.5],
      }),
      ranked: await engine.adaptAndRank(parameters, tasks, { innerRates: 0.1, steps: [0, 1, 3], listed: 5 }),
      supervised: await engine.lossGradient(parameters, pairs),
    });
    await engine.close();
  }
  const [wasm, ...native] = results;
  for (const other of native) expect(other).toEqual(wasm);
});

/** What nativeKernel gives in a process with its own cache and PATH, and what an engine computes on there. */
async function elsewhere(name: string, variables: NodeJS.ProcessEnv): Promise<unknown> {
  const built = (path: string) => JSON.stringify(pathToFileURL(`${process.cwd()}/dist/${path}`).href);
  const program = `
    const { nativeKernel } = await import(${built('engines/wasm/native-kernel.js')});
    const { nameOfForm, kernelForm } = await import(${built('engines/wasm/kernel-form.js')});
    const found = await nativeKernel();
    const form = await kernelForm().then(nameOfForm, (error) => error.failure.reason);
    console.log(JSON.stringify({ missing: found.missing, form }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, KSHOT_KERNEL: '', XDG_CACHE_HOME: join(folder, name), ...variables },
  });
  return JSON.parse(stdout);
}

describe('where no native kernel can be had', () => {
  it('the engine computes in WebAssembly, unless native code is asked for', async () => {
    const none = { PATH: join(folder, 'none') };
    expect(await elsewhere('none', none)).toEqual({
      missing: 'spawn cc ENOENT',
      form: 'WebAssembly, 4 lanes',
    });
    expect(await elsewhere('none', { ...none, KSHOT_KERNEL: '8' })).toMatchObject({
      form: 'engine-unavailable',
    });
    expect(await elsewhere('none', { ...none, KSHOT_KERNEL: 'wasm' })).toMatchObject({
      form: 'WebAssembly, 4 lanes',
    });
  });

  it('a library with other bits is not kept', async (context) => {
    if ('missing' in (await nativeKernel()) || process.arch !== 'x64') {
      context.skip('no library is built here');
      return;
    }
    const compiler = join(folder, 'cc');
    // Every width rounds once where the kernel rounds twice.
    writeFileSync(compiler, '#!/bin/sh\nPATH=${PATH#*:} exec cc "$@" -O2 -mfma -ffp-contract=fast\n');
    chmodSync(compiler, 0o755);
    const found = await elsewhere('wrong', { PATH: `${folder}:${process.env['PATH'] ?? ''}` });
    expect(found).toMatchObject({
      missing: expect.stringMatching(/^at 4 lanes it computes other bits$/),
      form: 'WebAssembly, 4 lanes',
    });
    const kept = join(folder, 'wrong/kshot');
    expect(existsSync(kept) && readdirSync(kept)).toEqual([]);
  });
});
