// What the threads and the host call. Every thread has its own instance over the one shared memory.
import { run } from './task';

export { configure } from './layout';
export { applyFunction } from './functions';
export { productNN, productNT, productTN } from './products';
export { arenaBytes, start } from './task';

/**
 * Takes groups off the list until none is left. `queue` holds a counter, the number of groups, then the address of
 * each group: {sums, bytes of sums, number of plans, plans...}. A group's plans run in order and add to its sums, so
 * that who takes which group changes no bit.
 */
export function workOff(queue: usize, arena: usize): void {
  const count = load<i32>(queue, 4);
  for (;;) {
    const index = atomic.add<i32>(queue, 1);
    if (index >= count) return;
    const group = <usize>load<i32>(queue + 8 + ((<usize>index) << 2));
    const sums = <usize>load<i32>(group);
    if (sums != 0) memory.fill(sums, 0, <usize>load<i32>(group, 4));
    const plans = load<i32>(group, 8);
    for (let i = 0; i < plans; i++) run(<usize>load<i32>(group + 12 + ((<usize>i) << 2)), arena);
  }
}

/**
 * Adds the groups' sums up, in their order and in float64. `queue` holds a counter, the number of slices, the floats of
 * a slice, the floats in all, the number of sums, the address of the first sum, the bytes from one to the next, and
 * where the total goes.
 */
export function addUp(queue: usize): void {
  const slices = load<i32>(queue, 4);
  const length = load<i32>(queue, 8);
  const total = load<i32>(queue, 12);
  const sums = load<i32>(queue, 16);
  const first = <usize>load<i32>(queue, 20);
  const stride = <usize>load<i32>(queue, 24);
  const to = <usize>load<i32>(queue, 28);
  for (;;) {
    const index = atomic.add<i32>(queue, 1);
    if (index >= slices) return;
    const stop = (<usize>min(total, (index + 1) * length)) << 2;
    for (let i: usize = (<usize>(index * length)) << 2; i < stop; i += 16) {
      let low = f64x2.splat(0);
      let high = low;
      let from = first + i;
      for (let left = sums; left > 0; left--, from += stride) {
        const value = v128.load(from);
        low = f64x2.add(low, f64x2.promote_low_f32x4(value));
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3)));
      }
      const narrow = f32x4.demote_f64x2_zero(low);
      v128.store(to + i, v128.shuffle<f32>(narrow, f32x4.demote_f64x2_zero(high), 0, 1, 4, 5));
    }
  }
}
