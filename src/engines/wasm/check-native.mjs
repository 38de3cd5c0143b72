// Whether a library computes what the WebAssembly beside it does, bit for bit, at every width that this processor has,
// which it prints the widest of: a process of its own, which a library that is wrong may end.
//
//   node check-native.mjs LIBRARY
import { readFileSync } from 'node:fs';
import { comparedFrom, comparedTo, comparison } from './native-comparison.mjs';
import { kernelCalls, openLibrary } from './open-kernel.mjs';

const [library] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
const { widest } = openLibrary(library);
if (widest < 4) throw new Error('this processor has no instructions for four lanes');

const wasm = results({ module });
for (let width = 4; width <= widest; width *= 2) {
  if (!results({ library, width }).equals(wasm)) throw new Error(`at ${width} lanes it computes other bits`);
}
console.log(widest);

/** All that the functions, the products and tasks of each kind leave in memory. */
function results(form) {
  const { memory, control, calls } = comparison();
  const kernel = kernelCalls(form, memory, control);
  for (const [name, ...numbers] of calls) kernel[name](...numbers);
  return Buffer.from(new Uint8Array(memory.buffer).slice(comparedFrom, comparedTo));
}
