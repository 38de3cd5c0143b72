// GFLOP/s of the kernel's matrix product alone, on one thread or several at once.
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { binary, rows, deadline } = workerData;
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory, abort() {} } });
  new Float32Array(memory.buffer).fill(0.5);
  const [columns, depth, calls] = [384, 128, 400];
  const [a, b, c] = [65536, 131072, 1048576];
  const work = () => {
    for (let i = 0; i < calls; i++) {
      exports.productNT(c, columns * 4, a, depth * 4, b, depth * 4, rows, columns, depth, 1, false);
    }
  };
  for (let i = 0; i < 20; i++) work();
  const rates = [];
  while (Date.now() < deadline) {
    const began = performance.now();
    work();
    rates.push((2 * rows * columns * depth * calls) / (performance.now() - began) / 1e6);
  }
  rates.sort((one, other) => one - other);
  parentPort.postMessage(rates[rates.length >> 1]);
`;

/** Sum over the threads of each one's median rate while all of them run, for a product with `rows` rows. */
export async function bareKernelRate(rows, threads) {
  const binary = readFileSync(new URL('../dist/engines/wasm/kernel.wasm', import.meta.url));
  const deadline = Date.now() + 2500;
  const rates = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(program, { eval: true, workerData: { binary, rows, deadline } });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
