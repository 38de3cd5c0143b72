// Matrix products on row-major float32 matrices; `ld`s are floats from row to row; `s` scales the product; `add` keeps
// what stands in C. Every sum runs in an order that depends on the sizes alone: over A B and A^T B in the order of the
// depth, over A B^T in four partial sums; in its last columns, which do not fill a tile of SIMD128, in eight.

// The four sums of four vectors, in each four lanes; four floats in each four lanes; four floats of every `ld`th.
#if defined(__SSE4_1__)
INLINE Float4 crossed4(Float4 a, Float4 b, Float4 c, Float4 d) {
  Float4 ab = (Float4)_mm_unpacklo_ps((__m128)a, (__m128)b) + (Float4)_mm_unpackhi_ps((__m128)a, (__m128)b);
  Float4 cd = (Float4)_mm_unpacklo_ps((__m128)c, (__m128)d) + (Float4)_mm_unpackhi_ps((__m128)c, (__m128)d);
  return (Float4)_mm_shuffle_ps((__m128)ab, (__m128)cd, 0x44) + (Float4)_mm_shuffle_ps((__m128)ab, (__m128)cd, 0xEE);
}
#else
INLINE Float4 crossed4(Float4 a, Float4 b, Float4 c, Float4 d) {
  Float4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  Float4 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}
#endif
INLINE Float4 spread4(const float *p) { return load4(p); }
INLINE Float4 gathered4(const float *p, long ld) {
  (void)ld;
  return load4(p);
}

#if WIDTH >= 8
INLINE Float8 crossed8(Float8 a, Float8 b, Float8 c, Float8 d) {
  Float8 ab = (Float8)_mm256_unpacklo_ps((__m256)a, (__m256)b) + (Float8)_mm256_unpackhi_ps((__m256)a, (__m256)b);
  Float8 cd = (Float8)_mm256_unpacklo_ps((__m256)c, (__m256)d) + (Float8)_mm256_unpackhi_ps((__m256)c, (__m256)d);
  return (Float8)_mm256_shuffle_ps((__m256)ab, (__m256)cd, 0x44) +
         (Float8)_mm256_shuffle_ps((__m256)ab, (__m256)cd, 0xEE);
}
INLINE Float8 spread8(const float *p) { return (Float8)_mm256_broadcast_ps((const __m128 *)p); }
INLINE Float8 gathered8(const float *p, long ld) {
  return (Float8)_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps(p + ld), 1);
}
#endif

#define JOINED_(one, other) one##other
#define JOINED(one, other) JOINED_(one, other)
#define LANES 4
#include "tiles.h"
#if WIDTH >= 8
#define LANES 8
#include "tiles.h"
#endif
#if WIDTH >= 16
#define LANES 16
#include "tiles.h"
#endif
#define WIDEST(name) JOINED(name, WIDTH)

// How many vectors side by side keep the processor busy with four rows, two, and one; and columns of A B^T with four
// rows. Of A B^T vectors of sixteen lanes would gain nothing: on a Zen 4, to spread four floats over them costs twice.
#if WIDTH == 4
#define COLUMNS4 2
#define COLUMNS2 4
#define COLUMNS1 6
#elif WIDTH == 8
#define COLUMNS4 2
#define COLUMNS2 4
#define COLUMNS1 8
#define COLUMNS_PAIRS 4
#else
#define COLUMNS4 4
#define COLUMNS_PAIRS 8
#endif

INLINE void putOne(float *c, float value, float scale, int add) {
  value *= scale;
  *c = add ? *c + value : value;
}

#if WIDTH >= 8
/** Its first half to a row, the other to the next. */
INLINE void putTwo(float *c, long ldc, Float8 value, int add) {
  put4(c, add ? c : 0, (Float4)_mm256_castps256_ps128((__m256)value));
  put4(c + ldc, add ? c + ldc : 0, (Float4)_mm256_extractf128_ps((__m256)value, 1));
}

/**
 * Of s * A B^T: twice PAIRS rows, COLUMNS columns. A vector holds the four partial sums of two rows, so that a column is
 * loaded once for all rows, in whole vectors of one load each.
 */
INLINE void tilePairsNT(
    int PAIRS, int COLUMNS, float *c, long ldc, const float *a, long lda, const float *b, long ldb, int depth, float s,
    int add) {
  Float8 sums[2][8];
  const float *q[8];
  UNROLLED for (int x = 0; x < COLUMNS; x++) {
    UNROLLED for (int r = 0; r < PAIRS; r++) sums[r][x] = (Float8){0};
    q[x] = b + x * ldb;
  }
  ROLLED for (long i = 0; i < depth; i += 4) {
    Float8 values[2];
    UNROLLED for (int r = 0; r < PAIRS; r++) values[r] = gathered8(a + 2 * r * lda + i, lda);
    UNROLLED for (int x = 0; x < COLUMNS; x++) {
      Float8 column = spread8(q[x] + i);
      UNROLLED for (int r = 0; r < PAIRS; r++) sums[r][x] += values[r] * column;
    }
  }
  UNROLLED for (int r = 0; r < PAIRS; r++) {
    UNROLLED for (int x = 0; x < COLUMNS; x += 4) {
      Float8 four = crossed8(sums[r][x], sums[r][x + 1], sums[r][x + 2], sums[r][x + 3]);
      putTwo(c + 2 * r * ldc + x, ldc, four * s, add);
    }
  }
}

/** An even number of rows of s * A B^T, 4 or 8 columns, in four partial sums. */
INLINE void evenRowsNT(
    int COLUMNS, float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int k, float s,
    int add) {
  int i = 0;
  for (; i + 4 <= m; i += 4) {
    UNROLLED for (int j = 0; j < COLUMNS; j += COLUMNS_PAIRS) {
      tilePairsNT(
          2, COLUMNS < COLUMNS_PAIRS ? COLUMNS : COLUMNS_PAIRS, c + i * ldc + j, ldc, a + i * lda, lda, b + j * ldb,
          ldb, k, s, add);
    }
  }
  if (i < m) tilePairsNT(1, COLUMNS, c + i * ldc, ldc, a + i * lda, lda, b, ldb, k, s, add);
}

/** One row of s * A B^T, two columns, in four partial sums: one would wait for its own. */
INLINE void twoColumnsNT(float *c, const float *a, const float *b, long ldb, int k, float s, int add) {
  Float4 sums[2] = {{0}, {0}};
  for (long i = 0; i < k; i += 4) {
    UNROLLED for (int x = 0; x < 2; x++) sums[x] += load4(a + i) * load4(b + x * ldb + i);
  }
  UNROLLED for (int x = 0; x < 2; x++) {
    putOne(c + x, (sums[x][0] + sums[x][2]) + (sums[x][1] + sums[x][3]), s, add);
  }
}

/** Of s * A B^T in eight partial sums: ROWS rows, COLUMNS columns. */
INLINE void tileBy8(
    int ROWS, int COLUMNS, float *c, long ldc, const float *a, long lda, const float *b, long ldb, int k, float s,
    int add) {
  Float8 sums[4][4];
  UNROLLED for (int r = 0; r < ROWS; r++) {
    UNROLLED for (int x = 0; x < COLUMNS; x++) sums[r][x] = (Float8){0};
  }
  ROLLED for (long i = 0; i < k; i += 8) {
    UNROLLED for (int r = 0; r < ROWS; r++) {
      UNROLLED for (int x = 0; x < COLUMNS; x++) sums[r][x] += load(a + r * lda + i) * load(b + x * ldb + i);
    }
  }
  UNROLLED for (int r = 0; r < ROWS; r++) {
    UNROLLED for (int x = 0; x < COLUMNS; x++) {
      Float4 four = (Float4)_mm256_castps256_ps128((__m256)sums[r][x]) +
                    (Float4)_mm256_extractf128_ps((__m256)sums[r][x], 1);
      putOne(c + r * ldc + x, (four[0] + four[2]) + (four[1] + four[3]), s, add);
    }
  }
}

/** Columns of one row of s * A B^T from `j` on: those before `n6` in four partial sums, the rest in eight. */
INLINE void oddRowNT(
    float *c, const float *a, const float *b, long ldb, int j, int n6, int n, int k, float s, int add) {
  for (; j + 4 <= n6; j += 4) tileNT4(1, c + j, 0, a, 0, b + j * ldb, ldb, k, s, add);
  for (; j + 2 <= n6; j += 2) twoColumnsNT(c + j, a, b + j * ldb, ldb, k, s, add);
  for (; j + 4 <= n; j += 4) tileBy8(1, 4, c + j, 0, a, 0, b + j * ldb, ldb, k, s, add);
  for (; j < n; j++) tileBy8(1, 1, c + j, 0, a, 0, b + j * ldb, ldb, k, s, add);
}

/** C[m x n] = s * A[m x k] B[n x k]^T (+ C); k is a multiple of 8, m and n are any. */
EXPORTED void productNT(
    float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int n, int k, float s, int add) {
  int m2 = m & ~1, n4 = n & ~3, n6 = n - n % 6, j = 0;
  float *odd = c + m2 * ldc;
  const float *oddA = a + m2 * lda;
  // As long as both have eight columns they share what is loaded of B.
  for (; j + 8 <= n6; j += 8) {
    evenRowsNT(8, c + j, ldc, a, lda, b + j * ldb, ldb, m2, k, s, add);
    if (m2 < m) tileNT8(1, odd + j, 0, oddA, 0, b + j * ldb, ldb, k, s, add);
  }
  if (m2 < m) oddRowNT(odd, oddA, b, ldb, j, n6, n, k, s, add);
  for (; j + 8 <= n4; j += 8) evenRowsNT(8, c + j, ldc, a, lda, b + j * ldb, ldb, m2, k, s, add);
  for (; j + 4 <= n4; j += 4) evenRowsNT(4, c + j, ldc, a, lda, b + j * ldb, ldb, m2, k, s, add);
  for (; j < n; j++) {
    int i = 0;
    for (; i + 4 <= m2; i += 4) tileBy8(4, 1, c + i * ldc + j, ldc, a + i * lda, lda, b + j * ldb, ldb, k, s, add);
    if (i < m2) tileBy8(2, 1, c + i * ldc + j, ldc, a + i * lda, lda, b + j * ldb, ldb, k, s, add);
  }
}
#else
/** One column of `tileNT`. */
INLINE void single(float *c, const float *a, const float *b, int k, float scale, int add) {
  Float4 sums = {0};
  for (int i = 0; i < k; i += 4) sums += load4(a + i) * load4(b + i);
  putOne(c, (sums[0] + sums[2]) + (sums[1] + sums[3]), scale, add);
}

/** A column that is summed in eight partial sums. */
INLINE void singleBy8(float *c, const float *a, const float *b, int k, float scale, int add) {
  Float4 sums = {0}, others = {0};
  for (int i = 0; i < k; i += 8) {
    sums += load4(a + i) * load4(b + i);
    others += load4(a + i + 4) * load4(b + i + 4);
  }
  sums += others;
  putOne(c, sums[0] + sums[2] + (sums[1] + sums[3]), scale, add);
}

/** One row of `tileNT`, six columns: four chains of additions would wait for one another. */
INLINE void sixColumnsNT(float *c, const float *a, const float *b, long ldb, int k, float s, int add) {
  Float4 sums[6];
  const float *q[6];
  UNROLLED for (int x = 0; x < 6; x++) {
    sums[x] = (Float4){0};
    q[x] = b + x * ldb;
  }
  ROLLED for (int left = k; left > 0; left -= 4) {
    Float4 value = load4(a);
    a += 4;
    UNROLLED for (int x = 0; x < 6; x++) {
      sums[x] += value * load4(q[x]);
      q[x] += 4;
    }
  }
  put4(c, add ? c : 0, crossed4(sums[0], sums[1], sums[2], sums[3]) * s);
  Float4 rest = crossed4(sums[4], sums[5], sums[4], sums[5]);
  putOne(c + 4, rest[0], s, add);
  putOne(c + 5, rest[1], s, add);
}

/** Columns of s * A B^T from `from` on: those before `n4` in four partial sums, the rest in eight. */
INLINE void columnsNT(
    float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int from, int n4, int n, int k,
    float s, int add) {
  int j = from;
  for (; j + 4 <= n4; j += 4) {
    int i = 0;
    const float *q = b + j * ldb;
    for (; i + 2 <= m; i += 2) tileNT4(2, c + i * ldc + j, ldc, a + i * lda, lda, q, ldb, k, s, add);
    if (i < m) tileNT4(1, c + i * ldc + j, ldc, a + i * lda, lda, q, ldb, k, s, add);
  }
  for (; j < n; j++) {
    for (int i = 0; i < m; i++) {
      if (j < n4) {
        single(c + i * ldc + j, a + i * lda, b + j * ldb, k, s, add);
      } else {
        singleBy8(c + i * ldc + j, a + i * lda, b + j * ldb, k, s, add);
      }
    }
  }
}

/** C[m x n] = s * A[m x k] B[n x k]^T (+ C); k is a multiple of 8, m and n are any. */
EXPORTED void productNT(
    float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int n, int k, float s, int add) {
  int m2 = m & ~1, n4 = n & ~3, n6 = n - n % 6, j = 0;
  if (m2 > 0) columnsNT(c, ldc, a, lda, b, ldb, m2, 0, n4, n, k, s, add);
  if (m2 == m) return;
  c += m2 * ldc;
  a += m2 * lda;
  for (; j < n6; j += 6) sixColumnsNT(c + j, a, b + j * ldb, ldb, k, s, add);
  columnsNT(c, ldc, a, lda, b, ldb, 1, j, n6, n, k, s, add);
}
#endif

#if WIDTH == 16
/** Four floats each of the rows 0, 4, `far`, `far` + 4. */
INLINE __m512 fourRows(const float *p, long ld, int far) {
  __m512 rows = _mm512_castps128_ps512(_mm_loadu_ps(p));
  rows = _mm512_insertf32x4(rows, _mm_loadu_ps(p + 4 * ld), 1);
  rows = _mm512_insertf32x4(rows, _mm_loadu_ps(p + far * ld), 2);
  return _mm512_insertf32x4(rows, _mm_loadu_ps(p + (far + 4) * ld), 3);
}

/**
 * The rows of B[n x k] in panels of 16 side by side: [n / 16][k][16]; n is a multiple of 8, k of 4. Where eight rows are left
 * they stand there twice.
 */
static void packPanels(float *to, const float *b, int n, int k) {
  for (int j = 0; j < n; j += 16) {
    const float *p = b + (long)j * k;
    int far = j + 16 <= n ? 8 : 0;
    ROLLED for (int i = 0; i < k; i += 4) {
      __m512 rows[4];
      UNROLLED for (int r = 0; r < 4; r++) rows[r] = fourRows(p + r * k + i, k, far);
      __m512 low = _mm512_unpacklo_ps(rows[0], rows[1]), high = _mm512_unpackhi_ps(rows[0], rows[1]);
      __m512 otherLow = _mm512_unpacklo_ps(rows[2], rows[3]), otherHigh = _mm512_unpackhi_ps(rows[2], rows[3]);
      _mm512_storeu_ps(to, _mm512_shuffle_ps(low, otherLow, 0x44));
      _mm512_storeu_ps(to + 16, _mm512_shuffle_ps(low, otherLow, 0xEE));
      _mm512_storeu_ps(to + 32, _mm512_shuffle_ps(high, otherHigh, 0x44));
      _mm512_storeu_ps(to + 48, _mm512_shuffle_ps(high, otherHigh, 0xEE));
      to += 64;
    }
  }
}

/** All rows of a panel, as many at once as there are registers for the sums of. */
#define OF_PANEL(tile, ROWS) tile(ROWS, c + i * ldc + j, ldc, a + i * lda, lda, panel, k, add)
#define ROWS_OF_PANEL(tile)                        \
  {                                                \
    int i = 0;                                     \
    for (; i + 6 <= m; i += 6) OF_PANEL(tile, 6);  \
    if (m - i == 5) OF_PANEL(tile, 5);             \
    if (m - i == 4) OF_PANEL(tile, 4);             \
    if (m - i == 3) OF_PANEL(tile, 3);             \
    if (m - i == 2) OF_PANEL(tile, 2);             \
    if (m - i == 1) OF_PANEL(tile, 1);             \
  }

/**
 * C[m x n] = A[m x k] B[n x k]^T (+ C), B also in panels; n and k are multiples of 8. The bits of `productNT`, in half the time:
 * its lanes hold partial sums, which are to be put together, these hold outputs.
 */
static void productPanels(
    float *c, long ldc, const float *a, long lda, const float *b, const float *panels, int m, int n, int k,
    int add) {
  // The last columns of an odd row are in eight partial sums: they are put back, and computed once more.
  int last = m - 1, n6 = m & 1 ? n - n % 6 : n;
  float *rest = c + last * ldc + n6, before[8];
  for (int x = 0; x < n - n6; x++) before[x] = rest[x];
  for (int j = 0; j < n; j += 16) {
    const float *panel = panels + (long)j * k;
    if (j + 16 <= n) ROWS_OF_PANEL(tilePanel16)
    else ROWS_OF_PANEL(tilePanel8)
  }
  for (int x = 0; x < n - n6; x++) rest[x] = before[x];
  oddRowNT(c + last * ldc, a + last * lda, b, k, n6, n6, n, k, 1, add);
}
#endif

#define OF_NN(tile, ROWS, COLUMNS) \
  tile(ROWS, COLUMNS, c + i * ldc + j, ldc, a + i * lda, lda, b + j, ldb, depth, s, keep)

#if WIDTH == 16
/** The columns from `j` on that vectors fill COLUMNS at a time, of all rows: as evenly as may be, six at once at most. */
#define COLUMNS_NN(tile, COLUMNS, LANES)                       \
  for (; j + COLUMNS * LANES <= n; j += COLUMNS * LANES) {     \
    for (int i = 0, left = tiles, rows; left > 0; left--) {    \
      rows = (m - i) / left;                                   \
      if (rows == 6) OF_NN(tile, 6, COLUMNS);                  \
      if (rows == 5) OF_NN(tile, 5, COLUMNS);                  \
      if (rows == 4) OF_NN(tile, 4, COLUMNS);                  \
      if (rows == 3) OF_NN(tile, 3, COLUMNS);                  \
      if (rows == 2) OF_NN(tile, 2, COLUMNS);                  \
      if (rows == 1) OF_NN(tile, 1, COLUMNS);                  \
      i += rows;                                               \
    }                                                          \
  }

/** Rows of A B over a part of the depth that fits into the cache. */
static void stretchNN(
    float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int n, int depth, float s, int keep) {
  int tiles = (m + 5) / 6, i = 0, j = 0;
  // Few rows keep the processor busy with more columns only.
  for (; m <= 3 && j + 8 * 16 <= n; j += 8 * 16) {
    if (m == 3) OF_NN(tileNN16, 3, 8);
    if (m == 2) OF_NN(tileNN16, 2, 8);
    if (m == 1) OF_NN(tileNN16, 1, 8);
  }
  COLUMNS_NN(tileNN16, COLUMNS4, 16)
  COLUMNS_NN(tileNN16, 1, 16)
  COLUMNS_NN(tileNN8, 1, 8)
}
#else
/** ROWS rows of A B, in vectors and, where WIDTH does not go into n, a half of one. */
#define ROWS_NN(ROWS, COLUMNS)                                                                       \
  {                                                                                                  \
    int j = 0;                                                                                       \
    for (; j + COLUMNS * WIDTH <= n; j += COLUMNS * WIDTH) OF_NN(WIDEST(tileNN), ROWS, COLUMNS);     \
    for (; j + 2 * WIDTH <= n; j += 2 * WIDTH) OF_NN(WIDEST(tileNN), ROWS, 2);                       \
    LAST_NN(ROWS)                                                                                    \
  }
#if WIDTH == 4
#define LAST_NN(ROWS)
#else
#define LAST_NN(ROWS) \
  if (j < n) OF_NN(tileNN8, ROWS, 1);
#endif

/** Rows of A B over a part of the depth that fits into the cache. */
static void stretchNN(
    float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int n, int depth, float s, int keep) {
  int m4 = m & ~3, j = 0;
  if (m4 > 0) {
    for (; j + COLUMNS4 * WIDTH <= n; j += COLUMNS4 * WIDTH) {
      for (int i = 0; i < m4; i += 4) OF_NN(WIDEST(tileNN), 4, COLUMNS4);
    }
#if WIDTH > 4
    for (; j < n; j += 8) {
      for (int i = 0; i < m4; i += 4) OF_NN(tileNN8, 4, 1);
    }
#endif
  }
  int i = m4;
  if (m - i >= 2) {
    ROWS_NN(2, COLUMNS2)
    i += 2;
  }
  if (i < m) ROWS_NN(1, COLUMNS1)
}
#endif

/** C[m x n] = s * A[m x k] B[k x n] (+ C); n is a multiple of 8, m and k are any. */
EXPORTED void productNN(
    float *c, long ldc, const float *a, long lda, const float *b, long ldb, int m, int n, int k, float s, int add) {
  for (int k0 = 0; k0 < k || k0 == 0; k0 += 256) {
    int depth = k - k0 < 256 ? k - k0 : 256;
    stretchNN(c, ldc, a + k0, lda, b + k0 * ldb, ldb, m, n, depth, s, add || k0 > 0);
  }
}

/**
 * C[m x n] = B0[m x n] + s * (A1[k1 x m]^T B1[k1 x n] + A2[k2 x m]^T B2[k2 x n]); m is a multiple of 4, n of 8.
 * `base` is where B0 stands (it may be C itself), null for none. The sum over rows of A is what a weight gradient is.
 */
EXPORTED void productTN(
    float *c, const float *base, long ldc, const float *a1, long lda1, const float *b1, long ldb1, int k1,
    const float *a2, long lda2, const float *b2, long ldb2, int k2, int m, int n, float s) {
  for (int i = 0; i < m; i += 4) {
    float *d = c + i * ldc;
    const float *from = base ? base + i * ldc : 0;
    int j = 0;
    for (; j + COLUMNS4 * WIDTH <= n; j += COLUMNS4 * WIDTH) {
      WIDEST(tileTN)(
          COLUMNS4, d + j, from ? from + j : 0, ldc, a1 + i, lda1, b1 + j, ldb1, k1, a2 + i, lda2, b2 + j, ldb2, k2, s);
    }
#if WIDTH > 4
    for (; j < n; j += 8) {
      tileTN8(1, d + j, from ? from + j : 0, ldc, a1 + i, lda1, b1 + j, ldb1, k1, a2 + i, lda2, b2 + j, ldb2, k2, s);
    }
#endif
  }
}
