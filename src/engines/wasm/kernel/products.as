// Matrix products on row-major float32 matrices. Pointers and row strides are in bytes; `s` scales the product;
// `add` keeps what stands in C. Every sum runs in an order that depends on the sizes alone.
//
// The tiles' shapes are those that V8 compiles well: it moves every load of a loop body to its front, so accumulators
// and loads together must fit into 15 registers (hence no unrolling), and pointers that move are better than indices.

/** The four horizontal sums of four vectors. */
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

@inline
function put(c: usize, value: v128, s: v128, add: bool): void {
  let scaled = f32x4.mul(value, s);
  if (add) scaled = f32x4.add(v128.load(c), scaled);
  v128.store(c, scaled);
}

@inline
function dot(a: usize, b: usize, k: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  for (let end = a + ((<usize>k) << 2); a < end; a += 32, b += 32) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(a), v128.load(b)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
  }
  s0 = f32x4.add(s0, s1);
  return (
    f32x4.extract_lane(s0, 0) + f32x4.extract_lane(s0, 2) + (f32x4.extract_lane(s0, 1) + f32x4.extract_lane(s0, 3))
  );
}

/** C[m x n] = s * A[m x k] B[n x k]^T (+ C); k is a multiple of 8, m and n are any. */
export function productNT(
  c: usize, ldc: usize, a: usize, lda: usize, b: usize, ldb: usize,
  m: i32, n: i32, k: i32, scale: f32, add: bool,
): void {
  const s = f32x4.splat(scale);
  const n4 = n & ~3;
  const m2 = m & ~1;
  for (let j = 0; j < n4 && m2 > 0; j += 4) {
    for (let i = 0; i < m2; i += 2) {
      let p0 = a + <usize>i * lda;
      let p1 = p0 + lda;
      let q0 = b + <usize>j * ldb;
      let q1 = q0 + ldb;
      let q2 = q1 + ldb;
      let q3 = q2 + ldb;
      let s00 = f32x4.splat(0);
      let s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00;
      for (let left = k; left > 0; left -= 4) {
        const x0 = v128.load(p0);
        const x1 = v128.load(p1);
        const y0 = v128.load(q0);
        s00 = f32x4.add(s00, f32x4.mul(x0, y0));
        s10 = f32x4.add(s10, f32x4.mul(x1, y0));
        const y1 = v128.load(q1);
        s01 = f32x4.add(s01, f32x4.mul(x0, y1));
        s11 = f32x4.add(s11, f32x4.mul(x1, y1));
        const y2 = v128.load(q2);
        s02 = f32x4.add(s02, f32x4.mul(x0, y2));
        s12 = f32x4.add(s12, f32x4.mul(x1, y2));
        const y3 = v128.load(q3);
        s03 = f32x4.add(s03, f32x4.mul(x0, y3));
        s13 = f32x4.add(s13, f32x4.mul(x1, y3));
        p0 += 16;
        p1 += 16;
        q0 += 16;
        q1 += 16;
        q2 += 16;
        q3 += 16;
      }
      const d = c + <usize>i * ldc + ((<usize>j) << 2);
      put(d, sums(s00, s01, s02, s03), s, add);
      put(d + ldc, sums(s10, s11, s12, s13), s, add);
    }
  }
  for (let j = n4; j < n; j++) {
    for (let i = 0; i < m2; i++) {
      single(c + <usize>i * ldc + ((<usize>j) << 2), a + <usize>i * lda, b + <usize>j * ldb, k, scale, add);
    }
  }
  if (m2 < m) rowNT(c + <usize>m2 * ldc, a + <usize>m2 * lda, b, ldb, n, k, scale, add);
}

/** One row of `productNT`, six columns at a time. */
function rowNT(c: usize, a: usize, b: usize, ldb: usize, n: i32, k: i32, scale: f32, add: bool): void {
  const s = f32x4.splat(scale);
  let j = 0;
  for (; j + 6 <= n; j += 6) {
    let p0 = a;
    let q0 = b + <usize>j * ldb;
    let q1 = q0 + ldb;
    let q2 = q1 + ldb;
    let q3 = q2 + ldb;
    let q4 = q3 + ldb;
    let q5 = q4 + ldb;
    let s00 = f32x4.splat(0);
    let s01 = s00, s02 = s00, s03 = s00, s04 = s00, s05 = s00;
    for (let left = k; left > 0; left -= 4) {
      const x0 = v128.load(p0);
      const y0 = v128.load(q0);
      s00 = f32x4.add(s00, f32x4.mul(x0, y0));
      const y1 = v128.load(q1);
      s01 = f32x4.add(s01, f32x4.mul(x0, y1));
      const y2 = v128.load(q2);
      s02 = f32x4.add(s02, f32x4.mul(x0, y2));
      const y3 = v128.load(q3);
      s03 = f32x4.add(s03, f32x4.mul(x0, y3));
      const y4 = v128.load(q4);
      s04 = f32x4.add(s04, f32x4.mul(x0, y4));
      const y5 = v128.load(q5);
      s05 = f32x4.add(s05, f32x4.mul(x0, y5));
      p0 += 16;
      q0 += 16;
      q1 += 16;
      q2 += 16;
      q3 += 16;
      q4 += 16;
      q5 += 16;
    }
    const d = c + ((<usize>j) << 2);
    put(d, sums(s00, s01, s02, s03), s, add);
    const rest = f32x4.mul(sums(s04, s05, s04, s05), s);
    const kept: v128 = add ? v128.load64_zero(d, 16) : f32x4.splat(0);
    v128.store64_lane(d, f32x4.add(kept, rest), 0, 16);
  }
  for (; j < n; j++) single(c + ((<usize>j) << 2), a, b + <usize>j * ldb, k, scale, add);
}

function single(c: usize, a: usize, b: usize, k: i32, scale: f32, add: bool): void {
  const value = dot(a, b, k) * scale;
  store<f32>(c, add ? load<f32>(c) + value : value);
}

/** C[m x n] = s * A[m x k] B[k x n] (+ C); n is a multiple of 8, m and k are any. */
export function productNN(
  c: usize, ldc: usize, a: usize, lda: usize, b: usize, ldb: usize,
  m: i32, n: i32, k: i32, scale: f32, add: bool,
): void {
  const s = f32x4.splat(scale);
  const m4 = m & ~3;
  for (let k0 = 0; k0 < k || k0 == 0; k0 += 256) {
    const depth = min(256, k - k0);
    const keep = add || k0 > 0;
    const bk = b + <usize>k0 * ldb;
    const ak = a + ((<usize>k0) << 2);
    if (m4 > 0) {
      for (let j = 0; j < n; j += 8) {
        for (let i = 0; i < m4; i += 4) {
          let p0 = ak + <usize>i * lda;
          let p1 = p0 + lda;
          let p2 = p1 + lda;
          let p3 = p2 + lda;
          let q = bk + ((<usize>j) << 2);
          let s00 = f32x4.splat(0);
          let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
          for (let left = depth; left > 0; left--) {
            const y0 = v128.load(q);
            const y1 = v128.load(q, 16);
            let x = v128.load32_splat(p0);
            s00 = f32x4.add(s00, f32x4.mul(x, y0));
            s01 = f32x4.add(s01, f32x4.mul(x, y1));
            x = v128.load32_splat(p1);
            s10 = f32x4.add(s10, f32x4.mul(x, y0));
            s11 = f32x4.add(s11, f32x4.mul(x, y1));
            x = v128.load32_splat(p2);
            s20 = f32x4.add(s20, f32x4.mul(x, y0));
            s21 = f32x4.add(s21, f32x4.mul(x, y1));
            x = v128.load32_splat(p3);
            s30 = f32x4.add(s30, f32x4.mul(x, y0));
            s31 = f32x4.add(s31, f32x4.mul(x, y1));
            p0 += 4;
            p1 += 4;
            p2 += 4;
            p3 += 4;
            q += ldb;
          }
          let d = c + <usize>i * ldc + ((<usize>j) << 2);
          put(d, s00, s, keep);
          put(d + 16, s01, s, keep);
          d += ldc;
          put(d, s10, s, keep);
          put(d + 16, s11, s, keep);
          d += ldc;
          put(d, s20, s, keep);
          put(d + 16, s21, s, keep);
          d += ldc;
          put(d, s30, s, keep);
          put(d + 16, s31, s, keep);
        }
      }
    }
    let i = m4;
    if (m - i >= 2) {
      pairNN(c + <usize>i * ldc, ldc, ak + <usize>i * lda, lda, bk, ldb, n, depth, s, keep);
      i += 2;
    }
    if (i < m) rowNN(c + <usize>i * ldc, ak + <usize>i * lda, bk, ldb, n, depth, s, keep);
  }
}

/** Two rows of `productNN`, 16 columns (one cache line of B) at a time. */
function pairNN(
  c: usize, ldc: usize, a: usize, lda: usize, b: usize, ldb: usize,
  n: i32, depth: i32, s: v128, keep: bool,
): void {
  let j = 0;
  for (; j + 16 <= n; j += 16) {
    let q = b + ((<usize>j) << 2);
    let p0 = a;
    let p1 = a + lda;
    let s00 = f32x4.splat(0);
    let s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00;
    for (let left = depth; left > 0; left--) {
      const x0 = v128.load32_splat(p0);
      const x1 = v128.load32_splat(p1);
      const y0 = v128.load(q);
      s00 = f32x4.add(s00, f32x4.mul(x0, y0));
      s10 = f32x4.add(s10, f32x4.mul(x1, y0));
      const y1 = v128.load(q, 16);
      s01 = f32x4.add(s01, f32x4.mul(x0, y1));
      s11 = f32x4.add(s11, f32x4.mul(x1, y1));
      const y2 = v128.load(q, 32);
      s02 = f32x4.add(s02, f32x4.mul(x0, y2));
      s12 = f32x4.add(s12, f32x4.mul(x1, y2));
      const y3 = v128.load(q, 48);
      s03 = f32x4.add(s03, f32x4.mul(x0, y3));
      s13 = f32x4.add(s13, f32x4.mul(x1, y3));
      p0 += 4;
      p1 += 4;
      q += ldb;
    }
    let d = c + ((<usize>j) << 2);
    put(d, s00, s, keep);
    put(d + 16, s01, s, keep);
    put(d + 32, s02, s, keep);
    put(d + 48, s03, s, keep);
    d += ldc;
    put(d, s10, s, keep);
    put(d + 16, s11, s, keep);
    put(d + 32, s12, s, keep);
    put(d + 48, s13, s, keep);
  }
  if (j < n) {
    let q = b + ((<usize>j) << 2);
    let p0 = a;
    let p1 = a + lda;
    let s00 = f32x4.splat(0);
    let s01 = s00, s10 = s00, s11 = s00;
    for (let left = depth; left > 0; left--) {
      const x0 = v128.load32_splat(p0);
      const x1 = v128.load32_splat(p1);
      const y0 = v128.load(q);
      s00 = f32x4.add(s00, f32x4.mul(x0, y0));
      s10 = f32x4.add(s10, f32x4.mul(x1, y0));
      const y1 = v128.load(q, 16);
      s01 = f32x4.add(s01, f32x4.mul(x0, y1));
      s11 = f32x4.add(s11, f32x4.mul(x1, y1));
      p0 += 4;
      p1 += 4;
      q += ldb;
    }
    let d = c + ((<usize>j) << 2);
    put(d, s00, s, keep);
    put(d + 16, s01, s, keep);
    d += ldc;
    put(d, s10, s, keep);
    put(d + 16, s11, s, keep);
  }
}

/** One row of `productNN`, 24 columns at a time. */
function rowNN(
  c: usize, a: usize, b: usize, ldb: usize, n: i32, depth: i32, s: v128, keep: bool,
): void {
  let j = 0;
  for (; j + 24 <= n; j += 24) {
    let q = b + ((<usize>j) << 2);
    let p0 = a;
    let s00 = f32x4.splat(0);
    let s01 = s00, s02 = s00, s03 = s00, s04 = s00, s05 = s00;
    for (let left = depth; left > 0; left--) {
      const x0 = v128.load32_splat(p0);
      const y0 = v128.load(q);
      s00 = f32x4.add(s00, f32x4.mul(x0, y0));
      const y1 = v128.load(q, 16);
      s01 = f32x4.add(s01, f32x4.mul(x0, y1));
      const y2 = v128.load(q, 32);
      s02 = f32x4.add(s02, f32x4.mul(x0, y2));
      const y3 = v128.load(q, 48);
      s03 = f32x4.add(s03, f32x4.mul(x0, y3));
      const y4 = v128.load(q, 64);
      s04 = f32x4.add(s04, f32x4.mul(x0, y4));
      const y5 = v128.load(q, 80);
      s05 = f32x4.add(s05, f32x4.mul(x0, y5));
      p0 += 4;
      q += ldb;
    }
    const d = c + ((<usize>j) << 2);
    put(d, s00, s, keep);
    put(d + 16, s01, s, keep);
    put(d + 32, s02, s, keep);
    put(d + 48, s03, s, keep);
    put(d + 64, s04, s, keep);
    put(d + 80, s05, s, keep);
  }
  for (; j < n; j += 8) {
    let q = b + ((<usize>j) << 2);
    let p0 = a;
    let s00 = f32x4.splat(0);
    let s01 = s00;
    for (let left = depth; left > 0; left--) {
      const x0 = v128.load32_splat(p0);
      const y0 = v128.load(q);
      s00 = f32x4.add(s00, f32x4.mul(x0, y0));
      const y1 = v128.load(q, 16);
      s01 = f32x4.add(s01, f32x4.mul(x0, y1));
      p0 += 4;
      q += ldb;
    }
    const d = c + ((<usize>j) << 2);
    put(d, s00, s, keep);
    put(d + 16, s01, s, keep);
  }
}

/**
 * C[m x n] = B0[m x n] + s * (A1[k1 x m]^T B1[k1 x n] + A2[k2 x m]^T B2[k2 x n]); m is a multiple of 4, n of 8.
 * `base` is where B0 stands (it may be C itself), 0 for none. The sum over rows of A is what a weight gradient is.
 */
export function productTN(
  c: usize, base: usize, ldc: usize,
  a1: usize, lda1: usize, b1: usize, ldb1: usize, k1: i32,
  a2: usize, lda2: usize, b2: usize, ldb2: usize, k2: i32,
  m: i32, n: i32, scale: f32,
): void {
  const s = f32x4.splat(scale);
  for (let i = 0; i < m; i += 4) {
    for (let j = 0; j < n; j += 8) {
      let s00 = f32x4.splat(0);
      let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      let p = a1 + ((<usize>i) << 2);
      let q = b1 + ((<usize>j) << 2);
      for (let left = k1; left > 0; left--, p += lda1, q += ldb1) {
        const y0 = v128.load(q);
        const y1 = v128.load(q, 16);
        let x = v128.load32_splat(p);
        s00 = f32x4.add(s00, f32x4.mul(x, y0));
        s01 = f32x4.add(s01, f32x4.mul(x, y1));
        x = v128.load32_splat(p, 4);
        s10 = f32x4.add(s10, f32x4.mul(x, y0));
        s11 = f32x4.add(s11, f32x4.mul(x, y1));
        x = v128.load32_splat(p, 8);
        s20 = f32x4.add(s20, f32x4.mul(x, y0));
        s21 = f32x4.add(s21, f32x4.mul(x, y1));
        x = v128.load32_splat(p, 12);
        s30 = f32x4.add(s30, f32x4.mul(x, y0));
        s31 = f32x4.add(s31, f32x4.mul(x, y1));
      }
      p = a2 + ((<usize>i) << 2);
      q = b2 + ((<usize>j) << 2);
      for (let left = k2; left > 0; left--, p += lda2, q += ldb2) {
        const y0 = v128.load(q);
        const y1 = v128.load(q, 16);
        let x = v128.load32_splat(p);
        s00 = f32x4.add(s00, f32x4.mul(x, y0));
        s01 = f32x4.add(s01, f32x4.mul(x, y1));
        x = v128.load32_splat(p, 4);
        s10 = f32x4.add(s10, f32x4.mul(x, y0));
        s11 = f32x4.add(s11, f32x4.mul(x, y1));
        x = v128.load32_splat(p, 8);
        s20 = f32x4.add(s20, f32x4.mul(x, y0));
        s21 = f32x4.add(s21, f32x4.mul(x, y1));
        x = v128.load32_splat(p, 12);
        s30 = f32x4.add(s30, f32x4.mul(x, y0));
        s31 = f32x4.add(s31, f32x4.mul(x, y1));
      }
      const offset = <usize>i * ldc + ((<usize>j) << 2);
      let d = c + offset;
      let e = base + offset;
      const from = base != 0;
      putOnto(d, e, s00, s, from);
      putOnto(d + 16, e + 16, s01, s, from);
      d += ldc;
      e += ldc;
      putOnto(d, e, s10, s, from);
      putOnto(d + 16, e + 16, s11, s, from);
      d += ldc;
      e += ldc;
      putOnto(d, e, s20, s, from);
      putOnto(d + 16, e + 16, s21, s, from);
      d += ldc;
      e += ldc;
      putOnto(d, e, s30, s, from);
      putOnto(d + 16, e + 16, s31, s, from);
    }
  }
}

@inline
function putOnto(c: usize, base: usize, value: v128, s: v128, from: bool): void {
  let scaled = f32x4.mul(value, s);
  if (from) scaled = f32x4.add(v128.load(base), scaled);
  v128.store(c, scaled);
}
