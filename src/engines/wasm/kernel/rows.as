// Plain moves and sums of float32 rows; counts are in floats and multiples of 4, pointers in bytes.

@inline
export function floats(count: i32): usize {
  return (<usize>count) << 2;
}

@inline
export function copyRow(to: usize, from: usize, count: i32): void {
  memory.copy(to, from, floats(count));
}

@inline
export function clearRow(to: usize, count: i32): void {
  memory.fill(to, 0, floats(count));
}

/** to += s * from */
export function addRow(to: usize, from: usize, count: i32, s: f32): void {
  const scale = f32x4.splat(s);
  for (let end = to + floats(count); to < end; to += 16, from += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(scale, v128.load(from))));
  }
}

/** to = base + s * from; `to` may be `base` */
export function addScaledRow(to: usize, base: usize, from: usize, count: i32, s: f32): void {
  const scale = f32x4.splat(s);
  for (let i: usize = 0, end = floats(count); i < end; i += 16) {
    v128.store(to + i, f32x4.add(v128.load(base + i), f32x4.mul(scale, v128.load(from + i))));
  }
}

/** to = s * from */
export function scaleRow(to: usize, from: usize, count: i32, s: f32): void {
  const scale = f32x4.splat(s);
  for (let i: usize = 0, end = floats(count); i < end; i += 16) {
    v128.store(to + i, f32x4.mul(scale, v128.load(from + i)));
  }
}

/** Sum of products, in float64; `count` is any. */
export function dotRow(a: usize, b: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  const end = floats(count & ~3);
  for (let i: usize = 0; i < end; i += 16) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    sum = f64x2.add(sum, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
    sum = f64x2.add(
      sum,
      f64x2.mul(
        f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)),
        f64x2.promote_low_f32x4(v128.shuffle<f32>(y, y, 2, 3, 2, 3)),
      ),
    );
  }
  let rest = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (let i = end; i < floats(count); i += 4) rest += <f64>load<f32>(a + i) * <f64>load<f32>(b + i);
  return rest;
}

/** to = base - rates * gradient */
export function stepRow(to: usize, base: usize, rates: usize, gradient: usize, count: i32): void {
  for (let i: usize = 0, end = floats(count); i < end; i += 16) {
    v128.store(
      to + i,
      f32x4.sub(v128.load(base + i), f32x4.mul(v128.load(rates + i), v128.load(gradient + i))),
    );
  }
}

/** to = a * b */
export function multiplyRow(to: usize, a: usize, b: usize, count: i32): void {
  for (let i: usize = 0, end = floats(count); i < end; i += 16) {
    v128.store(to + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  }
}

/** to += s * a * b */
export function addProductRow(to: usize, a: usize, b: usize, count: i32, s: f32): void {
  const scale = f32x4.splat(s);
  for (let i: usize = 0, end = floats(count); i < end; i += 16) {
    const product = f32x4.mul(v128.load(a + i), v128.load(b + i));
    v128.store(to + i, f32x4.add(v128.load(to + i), f32x4.mul(scale, product)));
  }
}

/** to[count] = base[count] + s * the sum over the `rows` rows from `from` on; `base` may be `to`, or 0 for none. */
export function addColumnSums(to: usize, base: usize, from: usize, rows: i32, count: i32, s: f32): void {
  const stride = floats(count);
  const scale = f32x4.splat(s);
  for (let i: usize = 0; i < stride; i += 16) {
    let sum = f32x4.splat(0);
    let p = from + i;
    for (let left = rows; left > 0; left--, p += stride) sum = f32x4.add(sum, v128.load(p));
    sum = f32x4.mul(sum, scale);
    v128.store(to + i, base != 0 ? f32x4.add(v128.load(base + i), sum) : sum);
  }
}

/** Sum of squares, in float64. */
export function squaredNorm(row: usize, count: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  for (let end = row + floats(count); row < end; row += 16) {
    const value = v128.load(row);
    const low = f64x2.promote_low_f32x4(value);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  s0 = f64x2.add(s0, s1);
  return f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
}

/** Sum of squared differences, in float64. */
export function squaredDistance(a: usize, b: usize, count: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  for (let i: usize = 0, end = floats(count); i < end; i += 16) {
    const value = f32x4.sub(v128.load(a + i), v128.load(b + i));
    const low = f64x2.promote_low_f32x4(value);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  s0 = f64x2.add(s0, s1);
  return f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
}
