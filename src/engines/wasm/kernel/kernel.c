// The engine's kernel, for WebAssembly and for the processor at hand: the same source, the same bits. Every thread has a
// `Kernel` of its own over the one shared memory.
#include "vector.h"
#include "rows.h"
#include "functions.h"
#include "products.h"
#include "cell.h"
#include "softmax.h"
#include "layout.h"
#include "network.h"
#include "task.h"
#include "adam.h"

/** Bytes that a thread's control area must hold. */
_Static_assert(sizeof(Kernel) <= 2048, "the control area holds the kernel's record, and on WebAssembly its stack");

/** Sizes of the model: items as they are, the others padded; `base` is where memory begins. */
EXPORTED void configure(Kernel *o, uintptr_t base, int items, int width, int embedding, int hidden) {
  *o = (Kernel){.base = base, .sizes = sizesOf(items, width, embedding, hidden)};
}

/** Bytes of arena that a plan needs (a float64, since it may pass what a memory can hold). */
EXPORTED double arenaBytes(Kernel *o, uint32_t plan) {
  o->plan = readPlan(o->base, plan);
  return layOut(o, 0);
}

/**
 * Takes groups off the list until none is left. `queue` holds a counter, the number of groups, then the address of
 * each group: {number of plans, plans...}. A group's plans run in order, and the first writes the group's sums, to which
 * the others add, so that who takes which group changes no bit.
 */
EXPORTED void workOff(Kernel *o, uint32_t queue, uint32_t arena) {
  int32_t *words = (int32_t *)(BASE(o->base) + queue);
  // What stands there may be of other parameters.
  o->packed = 0;
  for (;;) {
    int index = __atomic_fetch_add(words, 1, __ATOMIC_SEQ_CST);
    if (index >= words[1]) return;
    Reader group = {o->base, (const int32_t *)(BASE(o->base) + (uint32_t)words[2 + index])};
    int plans = readInt(&group);
    for (int place = 0; place < plans; place++) {
      run(o, (uint32_t)readInt(&group), place == 0, BASE(o->base) + arena);
    }
  }
}

/**
 * Adds the groups' sums up, in their order and in float64. `queue` holds a counter, the number of slices, the floats of
 * a slice, the floats in all, the number of sums, the address of the first sum, the bytes from one to the next, and
 * where the total goes.
 */
EXPORTED void addUp(Kernel *o, uint32_t queue) {
  int32_t *words = (int32_t *)(BASE(o->base) + queue);
  Reader reader = {o->base, words + 1};
  int slices = readInt(&reader), length = readInt(&reader), total = readInt(&reader), sums = readInt(&reader);
  const float *first = readPointer(&reader);
  long stride = (uint32_t)readInt(&reader) / sizeof(float);
  float *to = readPointer(&reader);
  for (;;) {
    int index = __atomic_fetch_add(words, 1, __ATOMIC_SEQ_CST);
    if (index >= slices) return;
    long stop = (index + 1L) * length < total ? (index + 1L) * length : total;
    for (long i = (long)index * length; i < stop; i += 4) {
      Double4 sum = {0};
      for (int one = 0; one < sums; one++) {
        const float *p = first + one * stride + i;
        // More rows than the processor follows by itself, which waited for each line.
        __builtin_prefetch(p + 128);
        sum += __builtin_convertvector(load4(p), Double4);
      }
      *(Float4 *)(to + i) = __builtin_convertvector(sum, Float4);
    }
  }
}

/** For the tests: y[i] = f(x[i]) for `count` floats, a multiple of 8; f is exp (0), sigmoid (1), tanh (2) or log (3). */
EXPORTED void applyFunction(int which, float *y, const float *x, int count) {
  for (int i = 0; i < count; i += STEP) {
    Float value = load(x + i);
    if (which == 3) {
      for (int lane = 0; lane < STEP; lane++) y[i + lane] = (float)logarithm(value[lane]);
    } else {
      store(y + i, which == 0 ? exponential(value) : which == 1 ? sigmoid(value) : hyperbolicTangent(value));
    }
  }
}

#ifndef __wasm__
INLINE float *floatsAt(uintptr_t base, double address) { return address ? (float *)(base + (uintptr_t)address) : 0; }

/** Calls what `which` says with the numbers given; an address counts from `base`. */
double WIDEST(kernelAt)(uintptr_t base, int which, const double *n) {
  Kernel *o = (Kernel *)(base + (uint32_t)n[0]);
  switch (which) {
    case 0:
      configure(o, base, n[1], n[2], n[3], n[4]);
      return 0;
    case 1:
      return arenaBytes(o, n[1]);
    case 2:
      workOff(o, n[1], n[2]);
      return 0;
    case 3:
      addUp(o, n[1]);
      return 0;
    case 4:
      applyFunction(n[0], floatsAt(base, n[1]), floatsAt(base, n[2]), n[3]);
      return 0;
    case 5:
    case 6:
      (which == 5 ? productNN : productNT)(
          floatsAt(base, n[0]), n[1], floatsAt(base, n[2]), n[3], floatsAt(base, n[4]), n[5], n[6], n[7], n[8], n[9],
          n[10]);
      return 0;
    case 8:
      adam(
          floatsAt(base, n[0]), floatsAt(base, n[1]), floatsAt(base, n[2]), floatsAt(base, n[3]), n[4], n[5], n[6],
          n[7], n[8], n[9]);
      return 0;
    default:
      productTN(
          floatsAt(base, n[0]), floatsAt(base, n[1]), n[2], floatsAt(base, n[3]), n[4], floatsAt(base, n[5]), n[6],
          n[7], floatsAt(base, n[8]), n[9], floatsAt(base, n[10]), n[11], n[12], n[13], n[14], n[15]);
      return 0;
  }
}
#endif
