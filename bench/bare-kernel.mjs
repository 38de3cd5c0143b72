// GFLOP/s of the kernel's matrix products alone, on one thread or several at once.
import { Worker } from 'node:worker_threads';
import { kernelForm } from '../dist/engines/wasm/kernel-form.js';

const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  (async () => {
    const { url, form, product, rows, deadline } = workerData;
    const { kernelCalls } = await import(url);
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536, shared: true });
    new Float32Array(memory.buffer).fill(0.5, 65536 / 4);
    const multiply = kernelCalls(form, memory, 65536)[product];
    // What the recurrent weights are multiplied by, forward (A B^T) and backward (A B).
    const [columns, depth, calls] = [384, 128, 400];
    const [a, b, c] = [131072, 262144, 1048576];
    const sizes = {
      productNT: (n) => [c, columns, a, depth, b, depth, rows, n, depth, 1, false],
      productNN: (n) => [c, depth, a, columns, b, depth, rows, n === 0 ? 0 : depth, columns, 1, false],
    };
    const work = (n) => {
      const numbers = sizes[product](n);
      for (let i = 0; i < calls; i++) multiply(...numbers);
    };
    for (let i = 0; i < 20; i++) work(columns);
    // The engine calls the kernel once for many products: what a call itself takes is no part of one. The least of many.
    let call = Infinity;
    for (let i = 0; i < 40; i++) {
      const began = performance.now();
      work(0);
      call = Math.min(call, performance.now() - began);
    }
    const rates = [];
    while (Date.now() < deadline) {
      const began = performance.now();
      work(columns);
      rates.push((2 * rows * columns * depth * calls) / (performance.now() - began - call) / 1e6);
    }
    rates.sort((one, other) => one - other);
    parentPort.postMessage(rates[rates.length >> 1]);
  })();
`;

/**
 * Sum over the threads of each one's median rate while all of them run, for a product with `rows` rows: A B
 * (`productNN`) or A B^T (`productNT`).
 */
export async function bareKernelRate(product, rows, threads) {
  const { href: url } = new URL('../dist/engines/wasm/open-kernel.mjs', import.meta.url);
  const form = await kernelForm();
  const deadline = Date.now() + 2500;
  const rates = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(program, {
            eval: true,
            workerData: { url, form, product, rows, deadline },
          });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
