// exp, sigmoid and tanh, four lanes at a time, by a polynomial of our own, so that they have the same bits everywhere.

/**
 * exp(x) for x clamped to [-87, 88]; relative error below 2e-7. Coefficients of Cephes' expf (S. L. Moshier):
 * x = n log 2 + r with |r| <= log(2) / 2, a polynomial in r, and n put into the exponent.
 */
@inline
export function exp4(value: v128): v128 {
  // In this order of arguments pmin and pmax let a NaN through.
  const x = f32x4.pmin(f32x4.pmax(value, f32x4.splat(-87)), f32x4.splat(88));
  // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23));
}

/** 1 / (1 + exp(-x)); absolute error below 2e-7. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** tanh(x), odd to the bit; absolute error below 2e-7. */
@inline
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const t = exp4(f32x4.mul(f32x4.splat(-2), f32x4.abs(x)));
  return v128.or(f32x4.div(f32x4.sub(one, t), f32x4.add(one, t)), sign);
}

/** For the tests: y[i] = f(x[i]) for `count` floats, a multiple of 4; f is exp (0), sigmoid (1) or tanh (2). */
export function applyFunction(which: i32, y: usize, x: usize, count: i32): void {
  for (let end = x + ((<usize>count) << 2); x < end; x += 16, y += 16) {
    const value = v128.load(x);
    v128.store(y, which == 0 ? exp4(value) : which == 1 ? sigmoid4(value) : tanh4(value));
  }
}
