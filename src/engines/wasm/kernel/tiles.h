// Tiles of a matrix product, held in registers; included once for each number of LANES. ROWS and COLUMNS are constants
// wherever a tile is called: its loops over them are unrolled.
#define FLOAT JOINED(Float, LANES)
#define OF_LANES(name) JOINED(name, LANES)
#define LOAD(p) (*(const FLOAT *)(p))

INLINE void OF_LANES(put)(float *c, const float *base, FLOAT value) {
  if (base) value = LOAD(base) + value;
  *(FLOAT *)c = value;
}

/** Of s * A B: ROWS rows, COLUMNS vectors. */
INLINE void OF_LANES(tileNN)(
    int ROWS, int COLUMNS, float *c, long ldc, const float *a, long lda, const float *b, long ldb, int depth, float s,
    int keep) {
  FLOAT sums[6][8];
  const float *p[6];
  UNROLLED for (int r = 0; r < ROWS; r++) {
    p[r] = a + r * lda;
    UNROLLED for (int x = 0; x < COLUMNS; x++) sums[r][x] = (FLOAT){0};
  }
  ROLLED for (int left = depth; left > 0; left--) {
    UNROLLED for (int r = 0; r < ROWS; r++) {
      float value = *p[r]++;
      UNROLLED for (int x = 0; x < COLUMNS; x++) sums[r][x] += value * LOAD(b + x * LANES);
    }
    b += ldb;
  }
  UNROLLED for (int r = 0; r < ROWS; r++) {
    UNROLLED for (int x = 0; x < COLUMNS; x++) {
      float *d = c + r * ldc + x * LANES;
      OF_LANES(put)(d, keep ? d : 0, sums[r][x] * s);
    }
  }
}

/** Adds to the sums of `tileTN`. */
INLINE void OF_LANES(addTN)(
    int COLUMNS, FLOAT sums[4][4], const float *p, long lda, const float *q, long ldb, int depth) {
  ROLLED for (int left = depth; left > 0; left--) {
    UNROLLED for (int r = 0; r < 4; r++) {
      float value = p[r];
      UNROLLED for (int x = 0; x < COLUMNS; x++) sums[r][x] += value * LOAD(q + x * LANES);
    }
    p += lda;
    q += ldb;
  }
}

/** Of B0 + s * (A1^T B1 + A2^T B2): 4 rows, COLUMNS vectors. */
INLINE void OF_LANES(tileTN)(
    int COLUMNS, float *c, const float *base, long ldc, const float *a1, long lda1, const float *b1, long ldb1, int k1,
    const float *a2, long lda2, const float *b2, long ldb2, int k2, float s) {
  FLOAT sums[4][4];
  UNROLLED for (int r = 0; r < 4; r++) {
    UNROLLED for (int x = 0; x < COLUMNS; x++) sums[r][x] = (FLOAT){0};
  }
  OF_LANES(addTN)(COLUMNS, sums, a1, lda1, b1, ldb1, k1);
  OF_LANES(addTN)(COLUMNS, sums, a2, lda2, b2, ldb2, k2);
  UNROLLED for (int r = 0; r < 4; r++) {
    UNROLLED for (int x = 0; x < COLUMNS; x++) {
      long at = r * ldc + x * LANES;
      OF_LANES(put)(c + at, base ? base + at : 0, sums[r][x] * s);
    }
  }
}

#if WIDTH == 16
/**
 * Of A B^T (+ C): ROWS rows, LANES columns, in four partial sums each as `tileNT` has them. Of B's rows 16 stand side by side
 * (`packPanels`), so that no lanes need to be put together or added up.
 */
INLINE void OF_LANES(tilePanel)(
    int ROWS, float *c, long ldc, const float *a, long lda, const float *panel, int depth, int add) {
  FLOAT sums[4][6];
  UNROLLED for (int q = 0; q < 4; q++) {
    UNROLLED for (int r = 0; r < ROWS; r++) sums[q][r] = (FLOAT){0};
  }
  ROLLED for (long i = 0; i < depth; i += 4) {
    UNROLLED for (int q = 0; q < 4; q++) {
      FLOAT column = LOAD(panel + (i + q) * 16);
      UNROLLED for (int r = 0; r < ROWS; r++) sums[q][r] += a[r * lda + i + q] * column;
    }
  }
  UNROLLED for (int r = 0; r < ROWS; r++) {
    float *d = c + r * ldc;
    OF_LANES(put)(d, add ? d : 0, (sums[0][r] + sums[2][r]) + (sums[1][r] + sums[3][r]));
  }
}
#endif

#if LANES <= 8
/**
 * Of s * A B^T: ROWS rows, LANES columns. A vector holds the four partial sums of LANES / 4 columns, which are 4 apart,
 * so that `crossed` leaves the columns in their order.
 */
INLINE void OF_LANES(tileNT)(
    int ROWS, float *c, long ldc, const float *a, long lda, const float *b, long ldb, int depth, float s, int add) {
  FLOAT sums[4][4];
  const float *p[4], *q[4];
  UNROLLED for (int r = 0; r < ROWS; r++) {
    p[r] = a + r * lda;
    UNROLLED for (int x = 0; x < 4; x++) sums[r][x] = (FLOAT){0};
  }
  UNROLLED for (int x = 0; x < 4; x++) q[x] = b + x * ldb;
  ROLLED for (int left = depth; left > 0; left -= 4) {
    FLOAT values[4];
    UNROLLED for (int r = 0; r < ROWS; r++) {
      values[r] = OF_LANES(spread)(p[r]);
      p[r] += 4;
    }
    UNROLLED for (int x = 0; x < 4; x++) {
      FLOAT column = OF_LANES(gathered)(q[x], 4 * ldb);
      q[x] += 4;
      UNROLLED for (int r = 0; r < ROWS; r++) sums[r][x] += values[r] * column;
    }
  }
  UNROLLED for (int r = 0; r < ROWS; r++) {
    float *d = c + r * ldc;
    OF_LANES(put)(d, add ? d : 0, OF_LANES(crossed)(sums[r][0], sums[r][1], sums[r][2], sums[r][3]) * s);
  }
}
#endif

#undef FLOAT
#undef OF_LANES
#undef LOAD
#undef LANES
