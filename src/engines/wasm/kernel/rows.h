// Plain moves and sums of float32 rows; counts are multiples of 8.

INLINE void copyRow(float *to, const float *from, long count) { __builtin_memcpy(to, from, count * sizeof(float)); }

INLINE void clearRow(float *to, long count) { __builtin_memset(to, 0, count * sizeof(float)); }

/** to += s * from */
static void addRow(float *to, const float *from, long count, float s) {
  for (long i = 0; i < count; i += STEP) store(to + i, load(to + i) + s * load(from + i));
}

/** to = base - rates * gradient */
static void stepRow(float *to, const float *base, const float *rates, const float *gradient, long count) {
  for (long i = 0; i < count; i += STEP) store(to + i, load(base + i) - load(rates + i) * load(gradient + i));
}

/** to = base + s * from; `to` may be `base`; `base` null for zeros, which are then not added */
static void addScaledRow(float *to, const float *base, const float *from, long count, float s) {
  for (long i = 0; i < count; i += STEP) {
    Float value = s * load(from + i);
    if (base) value = load(base + i) + value;
    store(to + i, value);
  }
}

/** Sum of products, in float64; `count` is any. */
static double dotRow(const float *a, const float *b, long count) {
  double even = 0, odd = 0;
  for (long i = 0; i < (count & ~3L); i += 2) {
    even += (double)a[i] * b[i];
    odd += (double)a[i + 1] * b[i + 1];
  }
  double sum = even + odd;
  for (long i = count & ~3L; i < count; i++) sum += (double)a[i] * b[i];
  return sum;
}

/** to = a * b */
static void multiplyRow(float *to, const float *a, const float *b, long count) {
  for (long i = 0; i < count; i += STEP) store(to + i, load(a + i) * load(b + i));
}

/** to += s * a * b */
static void addProductRow(float *to, const float *a, const float *b, long count, float s) {
  for (long i = 0; i < count; i += STEP) store(to + i, load(to + i) + s * (load(a + i) * load(b + i)));
}

/** to[count] = base[count] + s * the sum over the `rows` rows from `from` on; `base` may be `to`, or null for none. */
static void addColumnSums(float *to, const float *base, const float *from, int rows, long count, float s) {
  for (long i = 0; i < count; i += STEP) {
    Float sum = {0};
    const float *p = from + i;
    for (int left = rows; left > 0; left--, p += count) sum += load(p);
    sum *= s;
    if (base) sum = load(base + i) + sum;
    store(to + i, sum);
  }
}

INLINE double sumOf(Double4 sums) { return (sums[0] + sums[2]) + (sums[1] + sums[3]); }

/** Sum of squares, in float64. */
static double squaredNorm(const float *row, long count) {
  Double4 sums = {0};
  for (long i = 0; i < count; i += 4) {
    Double4 value = __builtin_convertvector(load4(row + i), Double4);
    sums += value * value;
  }
  return sumOf(sums);
}

/** Sum of squared differences, in float64. */
static double squaredDistance(const float *a, const float *b, long count) {
  Double4 sums = {0};
  for (long i = 0; i < count; i += 4) {
    Double4 value = __builtin_convertvector(load4(a + i) - load4(b + i), Double4);
    sums += value * value;
  }
  return sumOf(sums);
}
