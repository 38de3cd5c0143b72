// exp, sigmoid, tanh and log by polynomials of our own, so that they have the same bits everywhere.

/**
 * exp(x) for x clamped to [-87, 88]; relative error below 2e-7. Coefficients of Cephes' expf (S. L. Moshier):
 * x = n log 2 + r with |r| <= log(2) / 2, a polynomial in r, and n put into the exponent.
 */
INLINE Float exponential(Float value) {
  Float x = lesser(greater(value, splat(-87)), splat(88));
  // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
  Float shifted = x * (float)1.44269504088896341 + 12582912.0f;
  Float n = shifted - 12582912.0f;
  Float r = x - n * 0.693359375f;
  r = r - n * (float)-2.12194440e-4;
  Float p = (float)1.9875691500e-4 * r + (float)1.3981999507e-3;
  p = p * r + (float)8.3334519073e-3;
  p = p * r + (float)4.1665795894e-2;
  p = p * r + (float)1.6666665459e-1;
  p = p * r + (float)5.0000001201e-1;
  p = (p * r * r + r) + 1.0f;
  return p * (Float)(((Int)shifted + 127) << 23);
}

/** 1 / (1 + exp(-x)); absolute error below 2e-7. */
INLINE Float sigmoid(Float x) { return 1.0f / (1.0f + exponential(-x)); }

/** tanh(x), odd to the bit; absolute error below 2e-7. */
INLINE Float hyperbolicTangent(Float x) {
  Int sign = (Int)x & INT32_MIN;
  Float t = exponential(-2.0f * (Float)((Int)x & INT32_MAX));
  return (Float)((Int)((1.0f - t) / (1.0f + t)) | sign);
}

#include "log-table.h"

INLINE double doubleOf(uint64_t bits) {
  double value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

/** log(x) for a normal x of at least 1; error below 0.52 units in the last place. The log of musl and ARM's routines. */
static double logarithm(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  if (!(x < __builtin_inf())) return x;
  if (bits < 0x3FF1090000000000) {
    double r = x - 1.0, r2 = r * r, r3 = r2 * r;
    double y =
        r3 * (0x1.5555555555577p-2 + r * -0x1.ffffffffffdcbp-3 + r2 * 0x1.999999995dd0cp-3 +
              r3 * (-0x1.55555556745a7p-3 + r * 0x1.24924a344de3p-3 + r2 * -0x1.fffffa4423d65p-4 +
                    r3 * (0x1.c7184282ad6cap-4 + r * -0x1.999eb43b068ffp-4 + r2 * 0x1.78182f7afd085p-4 +
                          r3 * -0x1.5521375d145cdp-4)));
    double w = r * 0x1p27;
    double rhi = r + w - w, rlo = r - rhi;
    w = rhi * rhi * -0.5;
    double hi = r + w, lo = r - hi + w;
    lo += -0.5 * rlo * (rhi + r);
    return y + lo + hi;
  }
  // x = 2^k z with z near c, log(x) = log1p(z / c - 1) + log(c) + k log(2).
  uint64_t offset = bits - 0x3FE6000000000000;
  int i = (offset >> 45) & 127;
  int64_t k = (int64_t)offset >> 52;
  double z = doubleOf(bits - (offset & 0xFFF0000000000000));
  double r = (z - logTable[i].chi - logTable[i].clo) * logTable[i].invc;
  double w = k * 0x1.62e42fefa3800p-1 + logTable[i].logc;
  double hi = w + r, lo = w - hi + r + k * 0x1.ef35793c76730p-45;
  double r2 = r * r;
  return lo + r2 * -0x1.0000000000001p-1 +
         r * r2 * (0x1.555555551305bp-2 + r * -0x1.fffffffeb459p-3 + r2 * (0x1.999b324f10111p-3 + r * -0x1.55575e506c89fp-3)) +
         hi;
}
