// Vectors of WIDTH floats (4: SIMD128, SSE4.1, NEON; 8: AVX2; 16: AVX-512), by the vector types of GCC and Clang.
//
// The width never changes a bit: it only says how many outputs go side by side. A multiplication and an addition are
// two roundings everywhere (-ffp-contract=off), and whatever is summed across lanes is summed in four partial sums, of
// the elements whose index is 0, 1, 2, 3 modulo 4, at any width.
#include <stdint.h>

#ifndef WIDTH
#define WIDTH 4
#endif
#if WIDTH > 4 || defined(__SSE4_1__)
#include <immintrin.h>
#endif

/** What the host calls; natively it calls `kernelAt<WIDTH>`, which is the only name that leaves the object. */
#ifdef __wasm__
#define EXPORTED
#else
#define EXPORTED static
#endif
#define INLINE static inline __attribute__((always_inline))
#define VECTOR(type, lanes, size) typedef type __attribute__((vector_size((lanes) * (size)), aligned(size), may_alias))
VECTOR(float, 4, 4) Float4;
VECTOR(int32_t, 4, 4) Int4;
VECTOR(double, 4, 8) Double4;
#if WIDTH >= 8
VECTOR(float, 8, 4) Float8;
VECTOR(int32_t, 8, 4) Int8;
#endif
#if WIDTH >= 16
VECTOR(float, 16, 4) Float16;
#endif

// Loops over registers are unrolled whole, loops over memory are not: V8 moves every load of a loop body to its front,
// and must find room for all of them.
#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")
#else
#define UNROLLED _Pragma("GCC unroll 8")
#define ROLLED _Pragma("GCC unroll 1")
#endif

/** What goes element by element does so in vectors of at most 8, of which every size is a multiple. */
#if WIDTH >= 8
#define STEP 8
typedef Float8 Float;
typedef Int8 Int;
#else
#define STEP 4
typedef Float4 Float;
typedef Int4 Int;
#endif

INLINE Float load(const float *p) { return *(const Float *)p; }
INLINE void store(float *p, Float value) { *(Float *)p = value; }
INLINE Float4 load4(const float *p) { return *(const Float4 *)p; }
INLINE Float splat(float value) { return (Float){0} + value; }

/** The greater and the lesser of each two, the first of those that do not compare: a NaN in it comes through. */
INLINE Float greater(Float first, Float second) {
#if defined(__wasm__)
  return (Float)__builtin_wasm_pmax_f32x4(first, second);
#elif STEP == 8
  return (Float)_mm256_max_ps((__m256)second, (__m256)first);
#elif defined(__SSE4_1__)
  return (Float)_mm_max_ps((__m128)second, (__m128)first);
#else
  Int swap = first < second;
  return (Float)((swap & (Int)second) | (~swap & (Int)first));
#endif
}

INLINE Float lesser(Float first, Float second) {
#if defined(__wasm__)
  return (Float)__builtin_wasm_pmin_f32x4(first, second);
#elif STEP == 8
  return (Float)_mm256_min_ps((__m256)second, (__m256)first);
#elif defined(__SSE4_1__)
  return (Float)_mm_min_ps((__m128)second, (__m128)first);
#else
  Int swap = second < first;
  return (Float)((swap & (Int)second) | (~swap & (Int)first));
#endif
}

/** Adds a vector's elements to four partial sums, in their order. */
INLINE Float4 addTo4(Float4 sums, Float value) {
#if STEP == 8
  sums += (Float4)_mm256_castps256_ps128((__m256)value);
  return sums + (Float4)_mm256_extractf128_ps((__m256)value, 1);
#else
  return sums + value;
#endif
}
