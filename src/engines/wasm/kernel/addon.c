// The kernel for the processor at hand, as Node loads it: see `openNative` of open-kernel.mjs.
#include <node_api.h>
#include <stdint.h>

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
  double value;
  switch (width) {
#ifdef __x86_64__
    case 16:
      value = kernelAt16(base, which, numbers);
      break;
    case 8:
      value = kernelAt8(base, which, numbers);
      break;
#endif
    default:
      value = kernelAt4(base, which, numbers);
  }
  napi_create_double(env, value, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, call, 0, &value);
  napi_set_named_property(env, exports, "call", value);
  napi_create_int32(env, widest(), &value);
  napi_set_named_property(env, exports, "widest", value);
  return exports;
}
