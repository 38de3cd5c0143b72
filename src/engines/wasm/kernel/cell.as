// The GRU cell on one row: forward, backward, and the tangents of both. Gate order r, z, n as in PyTorch:
//   r = sigmoid(p_r + a_r)   z = sigmoid(p_z + a_z)   m = a_n   n = tanh(p_n + r m)   h = n + z (h_before - n)
// with p = W_ih x + b_ih and a = W_hh h_before + b_hh. `hidden` is a multiple of 8; a pointer 0 stands for zeros.
import { sigmoid4, tanh4 } from './functions';
import { floats } from './rows';

/** Keeps r, z, n, m in `gates` (4 hidden) and writes h; `a` comes without its bias. */
export function cellForward(
  h: usize, gates: usize, p: usize, a: usize, bias: usize, before: usize, hidden: i32,
): void {
  const w = floats(hidden);
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < w; i += 16) {
    let ar = v128.load(bias + i);
    let az = v128.load(bias + w + i);
    let m = v128.load(bias + 2 * w + i);
    let hb = zero;
    if (before != 0) {
      ar = f32x4.add(ar, v128.load(a + i));
      az = f32x4.add(az, v128.load(a + w + i));
      m = f32x4.add(m, v128.load(a + 2 * w + i));
      hb = v128.load(before + i);
    }
    const r = sigmoid4(f32x4.add(v128.load(p + i), ar));
    const z = sigmoid4(f32x4.add(v128.load(p + w + i), az));
    const n = tanh4(f32x4.add(v128.load(p + 2 * w + i), f32x4.mul(r, m)));
    v128.store(gates + i, r);
    v128.store(gates + w + i, z);
    v128.store(gates + 2 * w + i, n);
    v128.store(gates + 3 * w + i, m);
    v128.store(h + i, f32x4.add(n, f32x4.mul(z, f32x4.sub(hb, n))));
  }
}

/**
 * From dh (gradient by h): `da` (3 hidden: by a), `dn` (by p_n + r m); adds the gradient by p to `dp` (3 hidden) and
 * dh z, the direct part of the gradient by h_before, to `dbefore`.
 */
export function cellBackward(
  da: usize, dn: usize, dp: usize, dbefore: usize, dh: usize, gates: usize, before: usize, hidden: i32,
): void {
  const w = floats(hidden);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < w; i += 16) {
    const r = v128.load(gates + i);
    const z = v128.load(gates + w + i);
    const n = v128.load(gates + 2 * w + i);
    const m = v128.load(gates + 3 * w + i);
    const d = v128.load(dh + i);
    const hb = before != 0 ? v128.load(before + i) : zero;
    const an = f32x4.mul(f32x4.mul(d, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
    const ar = f32x4.mul(f32x4.mul(an, m), f32x4.mul(r, f32x4.sub(one, r)));
    const az = f32x4.mul(f32x4.mul(d, f32x4.sub(hb, n)), f32x4.mul(z, f32x4.sub(one, z)));
    v128.store(da + i, ar);
    v128.store(da + w + i, az);
    v128.store(da + 2 * w + i, f32x4.mul(an, r));
    v128.store(dn + i, an);
    v128.store(dp + i, f32x4.add(v128.load(dp + i), ar));
    v128.store(dp + w + i, f32x4.add(v128.load(dp + w + i), az));
    v128.store(dp + 2 * w + i, f32x4.add(v128.load(dp + 2 * w + i), an));
    if (dbefore != 0) v128.store(dbefore + i, f32x4.add(v128.load(dbefore + i), f32x4.mul(d, z)));
  }
}

/** Tangent of `cellForward`: `tgates` (4 hidden: of r, z, n, m) and `th`, from tangents of p, a (no bias) and the bias. */
export function cellForwardTangent(
  th: usize, tgates: usize, tp: usize, ta: usize, tbias: usize, tbefore: usize,
  gates: usize, before: usize, hidden: i32,
): void {
  const w = floats(hidden);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < w; i += 16) {
    const r = v128.load(gates + i);
    const z = v128.load(gates + w + i);
    const n = v128.load(gates + 2 * w + i);
    const m = v128.load(gates + 3 * w + i);
    let tar = v128.load(tbias + i);
    let taz = v128.load(tbias + w + i);
    let tm = v128.load(tbias + 2 * w + i);
    let hb = zero;
    let thb = zero;
    if (before != 0) {
      tar = f32x4.add(tar, v128.load(ta + i));
      taz = f32x4.add(taz, v128.load(ta + w + i));
      tm = f32x4.add(tm, v128.load(ta + 2 * w + i));
      hb = v128.load(before + i);
      thb = v128.load(tbefore + i);
    }
    const tr = f32x4.mul(f32x4.mul(r, f32x4.sub(one, r)), f32x4.add(v128.load(tp + i), tar));
    const tz = f32x4.mul(f32x4.mul(z, f32x4.sub(one, z)), f32x4.add(v128.load(tp + w + i), taz));
    const inner = f32x4.add(f32x4.mul(tr, m), f32x4.mul(r, tm));
    const tn = f32x4.mul(f32x4.sub(one, f32x4.mul(n, n)), f32x4.add(v128.load(tp + 2 * w + i), inner));
    v128.store(tgates + i, tr);
    v128.store(tgates + w + i, tz);
    v128.store(tgates + 2 * w + i, tn);
    v128.store(tgates + 3 * w + i, tm);
    let t = f32x4.add(f32x4.mul(f32x4.sub(one, z), tn), f32x4.mul(z, thb));
    t = f32x4.add(t, f32x4.mul(tz, f32x4.sub(hb, n)));
    v128.store(th + i, t);
  }
}

/** Tangent of `cellBackward`; adds to `tdp` and `tdbefore`, writes `tda`. */
export function cellBackwardTangent(
  tda: usize, tdp: usize, tdbefore: usize, tdh: usize, dh: usize, dn: usize,
  gates: usize, tgates: usize, before: usize, tbefore: usize, hidden: i32,
): void {
  const w = floats(hidden);
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < w; i += 16) {
    const r = v128.load(gates + i);
    const z = v128.load(gates + w + i);
    const n = v128.load(gates + 2 * w + i);
    const m = v128.load(gates + 3 * w + i);
    const tr = v128.load(tgates + i);
    const tz = v128.load(tgates + w + i);
    const tn = v128.load(tgates + 2 * w + i);
    const tm = v128.load(tgates + 3 * w + i);
    const d = v128.load(dh + i);
    const td = v128.load(tdh + i);
    const an = v128.load(dn + i);
    let hb = zero;
    let thb = zero;
    if (before != 0) {
      hb = v128.load(before + i);
      thb = v128.load(tbefore + i);
    }
    const keep = f32x4.sub(one, z);
    const slope = f32x4.sub(one, f32x4.mul(n, n));
    const tgn = f32x4.sub(f32x4.mul(td, keep), f32x4.mul(d, tz));
    const gn = f32x4.mul(d, keep);
    const tan = f32x4.sub(f32x4.mul(tgn, slope), f32x4.mul(f32x4.mul(two, gn), f32x4.mul(n, tn)));
    const gr = f32x4.mul(an, m);
    const tgr = f32x4.add(f32x4.mul(tan, m), f32x4.mul(an, tm));
    const sr = f32x4.mul(r, f32x4.sub(one, r));
    const tar = f32x4.add(
      f32x4.mul(tgr, sr),
      f32x4.mul(f32x4.mul(gr, tr), f32x4.sub(one, f32x4.mul(two, r))),
    );
    const step = f32x4.sub(hb, n);
    const gz = f32x4.mul(d, step);
    const tgz = f32x4.add(f32x4.mul(td, step), f32x4.mul(d, f32x4.sub(thb, tn)));
    const sz = f32x4.mul(z, keep);
    const taz = f32x4.add(
      f32x4.mul(tgz, sz),
      f32x4.mul(f32x4.mul(gz, tz), f32x4.sub(one, f32x4.mul(two, z))),
    );
    v128.store(tda + i, tar);
    v128.store(tda + w + i, taz);
    v128.store(tda + 2 * w + i, f32x4.add(f32x4.mul(tan, r), f32x4.mul(an, tr)));
    v128.store(tdp + i, f32x4.add(v128.load(tdp + i), tar));
    v128.store(tdp + w + i, f32x4.add(v128.load(tdp + w + i), taz));
    v128.store(tdp + 2 * w + i, f32x4.add(v128.load(tdp + 2 * w + i), tan));
    if (tdbefore != 0) {
      const direct = f32x4.add(f32x4.mul(td, z), f32x4.mul(d, tz));
      v128.store(tdbefore + i, f32x4.add(v128.load(tdbefore + i), direct));
    }
  }
}
