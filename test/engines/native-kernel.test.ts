import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEngineOn } from '../../src/engines/wasm/wasm-engine.js';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { arbitraryTask, pairSet } from './arbitrary-tasks.js';
import { kernelForms } from './kernel-forms.js';

it('every form of the kernel gives the same bits, in whatever an engine is asked for', async () => {
  // Padded to 56, 24 and 40: whole vectors of 8 lanes, and not of 16; an odd row ends in columns summed otherwise.
  const shape = { items: 53, embedding: 20, hidden: 37 };
  const parameters = Float32Array.from(initialParameters(shape, 1));
  // So many nodes, at levels of three rows, that the weights of the hidden state are packed.
  const long = [0, 7, 13].map((first) => ({
    prefix: Array.from({ length: 40 }, (_, i) => (first + i) % shape.items),
    label: first,
  }));
  const tasks = [
    ...fc.sample(arbitraryTask(shape.items), { numRuns: 10, seed: 5 }),
    { support: pairSet(long), query: pairSet(long.slice(1)) },
  ];
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
