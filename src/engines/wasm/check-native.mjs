// Whether a library computes what the WebAssembly beside it does, bit for bit, at every width that this processor has,
// which it prints the widest of: a process of its own, which a library that is wrong may end.
//
//   node check-native.mjs LIBRARY
import { readFileSync } from 'node:fs';
import { controlBytes, kernelCalls, openLibrary } from './open-kernel.mjs';

const [library] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
const { widest } = openLibrary(library);
if (widest < 4) throw new Error('this processor has no instructions for four lanes');

const control = 65_536;
const start = control + controlBytes;
const region = 262_144;
const wasm = results({ module });
for (let width = 4; width <= widest; width *= 2) {
  if (!results({ library, width }).equals(wasm)) throw new Error(`at ${width} lanes it computes other bits`);
}
console.log(widest);

/** All that the functions, the products and tasks of each kind leave in memory. */
function results(form) {
  const memory = new WebAssembly.Memory({ initial: 96, maximum: 96, shared: true });
  const floats = new Float32Array(memory.buffer, start);
  let state = 1;
  for (let i = 0; i < floats.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    floats[i] = state / 2 ** 31;
  }
  const kernel = kernelCalls(form, memory, control);
  products(kernel, (index) => start + index * region);
  tasks(kernel, memory, start + 14 * region);
  return Buffer.from(new Uint8Array(memory.buffer, start).slice());
}

function products(kernel, at) {
  for (let which = 0; which < 3; which++) kernel.applyFunction(which, at(7) + which * 4096, at(0), 1024);
  for (const [index, m] of [1, 2, 3, 4, 7, 9].entries()) {
    const c = at(8 + (index % 5));
    // Rows of 72, 13 and 40 floats: in no width a whole number of vectors.
    kernel.productNT(c, 13, at(0), 72, at(1), 72, m, 13, 72, 0.5, false);
    kernel.productNN(c + 8192, 40, at(2), 300, at(3), 40, m, 40, 300, -0.3, false);
    kernel.productNN(c + 16_384, 104, at(2), 300, at(3), 104, m, 104, 300, -0.3, true);
    kernel.productTN(c + 32_768, at(4), 72, at(0), 40, at(1), 72, m, at(2), 40, at(3), 72, 3, 40, 72, 0.7);
  }
}

/** A model of 45 items, 24 x 40: two second-order meta-gradients, of one rate and of rates for each, a batch, a ranking. */
function tasks(kernel, memory, from) {
  let next = from;
  const take = (words) => {
    next += words * 4;
    return next - words * 4;
  };
  const put = (...words) => {
    const address = take(words.length);
    new Int32Array(memory.buffer).set(words, address / 4);
    return address;
  };
  const bits = (number) => new Int32Array(Float32Array.of(number).buffer)[0];
  const dense = 120 * (24 + 40 + 2) + 48 + 48 * 40;
  const parameters = take(45 * 24 + dense);
  const rates = take(45 * 24 + dense);
  const values = new Float32Array(memory.buffer);
  // Not too large: at that of the products, gates are all the way open or closed.
  for (let i = parameters / 4; i < next / 4; i++) values[i] *= 0.3;
  // Two roots, and a level each of three nodes and of one; three pairs.
  const weights = put(bits(0.5), bits(0.3), bits(0.2));
  const forest = (first, items, labels) =>
    put(
      ...[6, 2, 3, 3, first, 4, put(...items), put(-1, -1, 0, 0, 1, 3), put(0, 2, 5, 6), put(1, 3, 5)],
      ...[put(...labels), weights],
    );
  const [support, query] = [
    forest(0, [0, 1, 2, 3, 1, 0], [3, 44, 0]),
    forest(2, [3, 1, 0, 2, 2, 1], [9, 17, 9]),
  ];
  const ids = put(4, 40, 7, 0, 21, 44);
  /** As `Plan` of layout.h. */
  const plan = (kind, each) => {
    const forests = [support, kind === 1 ? 0 : query];
    const settings = [2, bits(0.1), each, 0, 0, 1, bits(0.75), parameters];
    const gradient = kind === 2 ? [0, 0] : [sums, take(6 * 24)];
    const rateGradient = each === 0 ? [0, 0] : [rateSums, take(6 * 24)];
    const losses = [1, put(2), take(2 * 3)];
    const rankings = [2, put(0, 2), take(2 * 3), take(2 * 2 * 21), 5, take(2 * 3 * 5)];
    return put(
      kind,
      ...forests,
      6,
      ids,
      ...settings,
      ...gradient,
      ...rateGradient,
      0,
      ...losses,
      ...rankings,
    );
  };
  next = Math.ceil(next / 64) * 64;
  const [sums, rateSums] = [take(dense), take(dense)];
  const plans = [plan(0, 0), plan(0, rates), plan(1, 0), plan(2, 0)];
  const group = put(sums, dense * 4, plans.length, ...plans);
  const queue = put(0, 1, group);
  kernel.configure(control, 0, 45, 48, 24, 40);
  const arena = Math.ceil(next / 64) * 64;
  const bytes = Math.max(...plans.map((one) => kernel.arenaBytes(control, one)));
  if (arena + bytes > memory.buffer.byteLength) throw new Error('the comparison needs more memory');
  kernel.workOff(control, queue, arena);
  const total = Math.ceil((arena + bytes) / 64) * 64;
  kernel.addUp(control, put(0, 1, dense, dense, 2, sums, dense * 4, total));
}
