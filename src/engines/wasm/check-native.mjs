// Whether a library computes what the WebAssembly beside it does, bit for bit, at every width that this processor has: a
// process of its own, which a library that is wrong may end.
//
//   node check-native.mjs LIBRARY
import { readFileSync } from 'node:fs';
import { kernelCalls, openLibrary } from './open-kernel.mjs';

const [library] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
const { widest } = openLibrary(library);
if (widest < 4) throw new Error('this processor has no instructions for four lanes');

const region = 262_144;
const wasm = results({ module });
for (let width = 4; width <= widest; width *= 2) {
  if (!results({ library, width }).equals(wasm)) throw new Error(`at ${width} lanes it computes other bits`);
}

/** All that the functions and the products leave in memory. */
function results(form) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const floats = new Float32Array(memory.buffer);
  let state = 1;
  for (let i = 0; i < floats.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    floats[i] = state / 2 ** 31;
  }
  const at = (index) => 131_072 + index * region;
  const kernel = kernelCalls(form, memory, 65_536);
  for (let which = 0; which < 3; which++) kernel.applyFunction(which, at(7) + which * 4096, at(0), 1024);
  for (const [index, m] of [1, 2, 3, 4, 7, 9].entries()) {
    const c = at(8 + (index % 5));
    // Rows of 72, 13 and 40 floats: in no width a whole number of vectors.
    kernel.productNT(c, 13, at(0), 72, at(1), 72, m, 13, 72, 0.5, false);
    kernel.productNN(c + 8192, 40, at(2), 300, at(3), 40, m, 40, 300, -0.3, false);
    kernel.productNN(c + 16_384, 104, at(2), 300, at(3), 104, m, 104, 300, -0.3, true);
    kernel.productTN(c + 32_768, at(4), 72, at(0), 40, at(1), 72, m, at(2), 40, at(3), 72, 3, 40, 72, 0.7);
  }
  return Buffer.from(new Uint8Array(memory.buffer, 131_072).slice());
}
