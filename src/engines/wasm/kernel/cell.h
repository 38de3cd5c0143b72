// The GRU cell on one row: forward, backward, and the tangents of both. Gate order r, z, n as in PyTorch:
//   r = sigmoid(p_r + a_r)   z = sigmoid(p_z + a_z)   m = a_n   n = tanh(p_n + r m)   h = n + z (h_before - n)
// with p = W_ih x + b_ih and a = W_hh h_before + b_hh. `hidden`, `w`, is a multiple of 8; a null pointer stands for zeros.

INLINE Float loadOr0(const float *row, int i) { return row ? load(row + i) : (Float){0}; }

INLINE void addTo(float *p, Float value) { store(p, load(p) + value); }

/** Keeps r, z, n, m in `gates` (4 hidden) and writes h; `a` comes without its bias. */
static void cellForward(
    float *h, float *gates, const float *p, const float *a, const float *bias, const float *before, int w) {
  for (int i = 0; i < w; i += STEP) {
    Float ar = load(bias + i), az = load(bias + w + i), m = load(bias + 2 * w + i), hb = {0};
    if (before) {
      ar += load(a + i);
      az += load(a + w + i);
      m += load(a + 2 * w + i);
      hb = load(before + i);
    }
    Float r = sigmoid(load(p + i) + ar);
    Float z = sigmoid(load(p + w + i) + az);
    Float n = hyperbolicTangent(load(p + 2 * w + i) + r * m);
    store(gates + i, r);
    store(gates + w + i, z);
    store(gates + 2 * w + i, n);
    store(gates + 3 * w + i, m);
    store(h + i, n + z * (hb - n));
  }
}

/**
 * From dh (gradient by h): `da` (3 hidden: by a), `dn` (by p_n + r m); adds the gradient by p to `dp` (3 hidden) and
 * dh z, the direct part of the gradient by h_before, to `dbefore`.
 */
static void cellBackward(
    float *da, float *dn, float *dp, float *dbefore, const float *dh, const float *gates, const float *before, int w) {
  for (int i = 0; i < w; i += STEP) {
    Float r = load(gates + i), z = load(gates + w + i), n = load(gates + 2 * w + i), m = load(gates + 3 * w + i);
    Float d = load(dh + i), hb = loadOr0(before, i);
    Float an = (d * (1.0f - z)) * (1.0f - n * n);
    Float ar = (an * m) * (r * (1.0f - r));
    Float az = (d * (hb - n)) * (z * (1.0f - z));
    store(da + i, ar);
    store(da + w + i, az);
    store(da + 2 * w + i, an * r);
    store(dn + i, an);
    addTo(dp + i, ar);
    addTo(dp + w + i, az);
    addTo(dp + 2 * w + i, an);
    if (dbefore) addTo(dbefore + i, d * z);
  }
}

/** Tangent of `cellForward`: `tgates` (4 hidden: of r, z, n, m) and `th`, from tangents of p, a (no bias) and the bias. */
static void cellForwardTangent(
    float *th, float *tgates, const float *tp, const float *ta, const float *tbias, const float *tbefore,
    const float *gates, const float *before, int w) {
  for (int i = 0; i < w; i += STEP) {
    Float r = load(gates + i), z = load(gates + w + i), n = load(gates + 2 * w + i), m = load(gates + 3 * w + i);
    Float tar = load(tbias + i), taz = load(tbias + w + i), tm = load(tbias + 2 * w + i), hb = {0}, thb = {0};
    if (before) {
      tar += load(ta + i);
      taz += load(ta + w + i);
      tm += load(ta + 2 * w + i);
      hb = load(before + i);
      thb = load(tbefore + i);
    }
    Float tr = (r * (1.0f - r)) * (load(tp + i) + tar);
    Float tz = (z * (1.0f - z)) * (load(tp + w + i) + taz);
    Float inner = tr * m + r * tm;
    Float tn = (1.0f - n * n) * (load(tp + 2 * w + i) + inner);
    store(tgates + i, tr);
    store(tgates + w + i, tz);
    store(tgates + 2 * w + i, tn);
    store(tgates + 3 * w + i, tm);
    store(th + i, ((1.0f - z) * tn + z * thb) + tz * (hb - n));
  }
}

/** Tangent of `cellBackward`; adds to `tdp` and `tdbefore`, writes `tda`. */
static void cellBackwardTangent(
    float *tda, float *tdp, float *tdbefore, const float *tdh, const float *dh, const float *dn, const float *gates,
    const float *tgates, const float *before, const float *tbefore, int w) {
  for (int i = 0; i < w; i += STEP) {
    Float r = load(gates + i), z = load(gates + w + i), n = load(gates + 2 * w + i), m = load(gates + 3 * w + i);
    Float tr = load(tgates + i), tz = load(tgates + w + i), tn = load(tgates + 2 * w + i);
    Float tm = load(tgates + 3 * w + i);
    Float d = load(dh + i), td = load(tdh + i), an = load(dn + i);
    Float hb = loadOr0(before, i), thb = loadOr0(tbefore, i);
    Float keep = 1.0f - z, slope = 1.0f - n * n;
    Float tgn = td * keep - d * tz, gn = d * keep;
    Float tan = tgn * slope - (2.0f * gn) * (n * tn);
    Float gr = an * m, tgr = tan * m + an * tm, sr = r * (1.0f - r);
    Float tar = tgr * sr + (gr * tr) * (1.0f - 2.0f * r);
    Float step = hb - n, gz = d * step;
    Float tgz = td * step + d * (thb - tn), sz = z * keep;
    Float taz = tgz * sz + (gz * tz) * (1.0f - 2.0f * z);
    store(tda + i, tar);
    store(tda + w + i, taz);
    store(tda + 2 * w + i, tan * r + an * tr);
    addTo(tdp + i, tar);
    addTo(tdp + w + i, taz);
    addTo(tdp + 2 * w + i, tan);
    if (tdbefore) addTo(tdbefore + i, td * z + d * tz);
  }
}
