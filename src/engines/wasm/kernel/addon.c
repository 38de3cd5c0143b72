// The kernel for the processor at hand, as Node loads it: see `openNative` of open-kernel.mjs.
#include <node_api.h>
#include <stdint.h>
#include <string.h>

#define CALLED(width) double kernelAt##width(uintptr_t base, int which, const double *numbers)
CALLED(4);
#ifdef __x86_64__
CALLED(8);
CALLED(16);
#endif

/** The most lanes that this processor has instructions for; 0 if not even those that are always built. */
static int widest(void) {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    return 16;
  }
  if (__builtin_cpu_supports("avx2")) return 8;
  return __builtin_cpu_supports("sse4.1") ? 4 : 0;
#else
  return 4;
#endif
}

static void *start(napi_env env, napi_value array) {
  void *data = 0;
  napi_get_typedarray_info(env, array, 0, 0, &data, 0, 0);
  return data;
}

static double called(int width, uintptr_t base, int which, const double *numbers) {
  switch (width) {
#ifdef __x86_64__
    case 16:
      return kernelAt16(base, which, numbers);
    case 8:
      return kernelAt8(base, which, numbers);
#endif
    default:
      return kernelAt4(base, which, numbers);
  }
}

/** (memory as Uint8Array, width, which call, its numbers as Float64Array) => number */
static napi_value call(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value given[4], result;
  napi_get_cb_info(env, info, &count, given, 0, 0);
  int width = 0, which = 0;
  napi_get_value_int32(env, given[1], &width);
  napi_get_value_int32(env, given[2], &which);
  uintptr_t base = (uintptr_t)start(env, given[0]);
  const double *numbers = start(env, given[3]);
  napi_create_double(env, called(width, base, which, numbers), &result);
  return result;
}

/** (width, which call of `adam`, its four vectors as Float32Arrays, which may stand anywhere, its five numbers) */
static napi_value adamStep(napi_env env, napi_callback_info info) {
  size_t count = 7, length = 0;
  napi_value given[7];
  napi_get_cb_info(env, info, &count, given, 0, 0);
  int width = 0, which = 0;
  napi_get_value_int32(env, given[0], &width);
  napi_get_value_int32(env, given[1], &which);
  double numbers[10];
  for (int i = 0; i < 4; i++) {
    void *data = 0;
    napi_get_typedarray_info(env, given[2 + i], 0, &length, &data, 0, 0);
    numbers[i] = (double)(uintptr_t)data;
  }
  numbers[4] = (double)length;
  memcpy(numbers + 5, start(env, given[6]), 5 * sizeof *numbers);
  called(width, 0, which, numbers);
  return 0;
}

NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, call, 0, &value);
  napi_set_named_property(env, exports, "call", value);
  napi_create_function(env, "adamStep", NAPI_AUTO_LENGTH, adamStep, 0, &value);
  napi_set_named_property(env, exports, "adamStep", value);
  napi_create_int32(env, widest(), &value);
  napi_set_named_property(env, exports, "widest", value);
  return exports;
}
