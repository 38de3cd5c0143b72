// Calls of the kernel, and memory for them, that reach all of it: what is in memory after them is the same in every form.
import { controlBytes } from './open-kernel.mjs';

const control = 65_536;
const region = 262_144;
/** Bytes of the comparison: below are the kernel's own, above is what each form keeps for itself. */
export const comparedFrom = control + controlBytes;
export const comparedTo = comparedFrom + 18 * region;

/** @returns {{ memory: WebAssembly.Memory, control: number, calls: (string | number)[][] }} */
export function comparison() {
  const memory = new WebAssembly.Memory({ initial: 96, maximum: 96, shared: true });
  const floats = new Float32Array(memory.buffer, comparedFrom);
  let state = 1;
  for (let i = 0; i < floats.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    floats[i] = state / 2 ** 31;
  }
  const tasks = tasksIn(memory, comparedFrom + 14 * region);
  return { memory, control, calls: [...products((index) => comparedFrom + index * region), ...tasks] };
}

/** Of functions and products; every region is above those before it. */
function products(at) {
  const functions = [0, 1, 2].map((which) => ['applyFunction', which, at(7) + which * 4096, at(0), 1024]);
  // The second moments are those of exp, above 0.
  const step = ['adam', at(13), at(0), at(13) + 8192, at(7), 1009, 0.9, 0.999, 0.002, 0.05, 1e-8];
  return functions.concat(
    [step],
    ...[1, 2, 3, 4, 5, 6, 7, 9].map((m, index) => {
      // Of its own: what another writes over is not compared.
      const c = at(8) + index * 49_152;
      // Rows of 72, 13, 11 and 40 floats: in no width a whole number of vectors.
      return [
        ['productNT', c, 13, at(0), 72, at(1), 72, m, 13, 72, 0.5, 0],
        ['productNT', c + 4096, 11, at(0), 72, at(1), 72, m, 11, 72, 0.5, 1],
        ['productNN', c + 8192, 40, at(2), 300, at(3), 40, m, 40, 300, -0.3, 0],
        ['productNN', c + 16_384, 104, at(2), 300, at(3), 104, m, 104, 300, -0.3, 1],
        // More than eight of the widest vectors.
        ['productNN', c + 24_576, 136, at(2), 300, at(3), 136, m, 136, 300, -0.3, 0],
        ['productTN', c + 32_768, at(4), 72, at(0), 40, at(1), 72, m, at(2), 40, at(3), 72, 3, 40, 72, 0.7],
      ];
    }),
  );
}

/** A model of 53 items, 24 x 40: second-order meta-gradients, of one rate and of rates for each, batches, a ranking. */
function tasksIn(memory, from) {
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
  const dense = 120 * (24 + 40 + 2) + 56 + 56 * 40;
  const parameters = take(53 * 24 + dense);
  const rates = take(53 * 24 + dense);
  const values = new Float32Array(memory.buffer);
  // Not too large: at that of the products, gates are all the way open or closed.
  for (let i = parameters / 4; i < next / 4; i++) values[i] *= 0.3;
  const weights = put(bits(0.5), bits(0.3), bits(0.2));
  /** Two roots and three pairs; `parents` are those of the nodes after the roots, level by level. */
  const forest = (first, unique, items, parents, levelOffsets, labels) =>
    put(
      ...[items.length, 2, levelOffsets.length - 1, 3, first, unique, put(...items), put(-1, -1, ...parents)],
      ...[put(...levelOffsets), put(1, 3, 5), put(...labels), weights],
    );
  const small = [0, 0, 1, 3];
  const support = forest(0, 4, [0, 1, 2, 3, 1, 0], small, [0, 2, 5, 6], [3, 44, 0]);
  const query = forest(2, 4, [3, 1, 0, 2, 2, 1], small, [0, 2, 5, 6], [9, 17, 9]);
  // As many items and nodes as weights are packed for.
  const many = Array.from({ length: 19 }, (_, node) => node);
  const wide = forest(
    0,
    19,
    many,
    many.slice(2).map((node) => (node === 18 ? 2 : node % 2)),
    [0, 2, 18, 19],
    [3, 44, 0],
  );
  const ids = put(...many.map((one) => (one * 11) % 53));
  /** As `Plan` of layout.h. */
  const plan = (kind, each, own = support) => {
    const forests = [own, kind === 1 ? 0 : query];
    const settings = [2, bits(0.1), each, 0, 0, 1, bits(0.75), parameters];
    const gradient = kind === 2 ? [0, 0] : [sums, take(many.length * 24)];
    const rateGradient = each === 0 ? [0, 0] : [rateSums, take(many.length * 24)];
    const losses = [1, put(2), take(2 * 3)];
    const rankings = [2, put(0, 2), take(2 * 3), take(2 * 2 * 21), 5, take(2 * 3 * 5)];
    return put(
      kind,
      ...forests,
      many.length,
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
  const plans = [plan(0, 0), plan(0, rates), plan(1, 0), plan(2, 0), plan(0, 0, wide), plan(1, 0, wide)];
  const group = put(plans.length, ...plans);
  const queue = put(0, 1, group);
  // Beyond what the plans take, which is a quarter of a megabyte.
  const total = comparedFrom + 17 * region;
  const arena = comparedTo;
  const addition = put(0, 1, dense, dense, 2, sums, dense * 4, total);
  return [
    ['configure', control, 0, 53, 56, 24, 40],
    ['workOff', control, queue, arena],
    ['addUp', control, addition],
  ];
}
