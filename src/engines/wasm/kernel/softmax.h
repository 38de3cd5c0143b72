// Softmax cross-entropy over one row of logits. Rows are `width` floats long, a multiple of 8, of which the first
// `items` count; what stands after them is left at probability 0.

INLINE float totalOf(Float4 sums) { return (sums[0] + sums[1]) + (sums[2] + sums[3]); }

/** Turns a row of logits into probabilities in place and returns the loss -log p[label]. */
static double softmaxLoss(float *row, int label, int items, int width) {
  for (int i = items; i < width; i++) row[i] = -__builtin_inff();
  Float tops = load(row);
  for (int i = 0; i < width; i += STEP) tops = greater(tops, load(row + i));
  float top = tops[0];
  UNROLLED for (int i = 1; i < STEP; i++) {
    if (!(tops[i] <= top)) top = tops[i];
  }
  float own = row[label] - top;
  Float4 sums = {0};
  for (int i = 0; i < width; i += STEP) {
    Float value = exponential(load(row + i) - top);
    store(row + i, value);
    sums = addTo4(sums, value);
  }
  // The clamp of exponential() leaves 1e-38 for each absent item: below half a unit in the last place of a sum of at
  // least 1.
  for (int i = items; i < width; i++) row[i] = 0;
  float sum = totalOf(sums), scale = 1.0f / sum;
  for (int i = 0; i < width; i += STEP) store(row + i, load(row + i) * scale);
  return logarithm(sum) - (double)own;
}

/** d = weight * (p - onehot(label)): the gradient of weight * loss by the logits. */
static void lossGradientRow(float *d, const float *p, int label, float weight, int width) {
  for (int i = 0; i < width; i += STEP) store(d + i, weight * load(p + i));
  d[label] = (p[label] - 1.0f) * weight;
}

/** Tangent of `lossGradientRow`, in place: t, the tangent of the logits, becomes weight * p * (t - sum(p t)). */
static void lossGradientTangentRow(float *t, const float *p, float weight, int width) {
  Float4 sums = {0};
  for (int i = 0; i < width; i += STEP) sums = addTo4(sums, load(p + i) * load(t + i));
  float mean = totalOf(sums);
  for (int i = 0; i < width; i += STEP) store(t + i, (weight * load(p + i)) * (load(t + i) - mean));
}

/** 1 + items scored higher than the label + equal-scored items of lower id; 0 if a score is not a finite number. */
static int rankOf(const float *row, int label, int items) {
  float own = row[label];
  int rank = 1;
  for (int i = 0; i < items; i++) {
    float other = row[i];
    if (other - other != 0) return 0;
    if (other > own || (other == own && i < label)) rank++;
  }
  return rank;
}

/** Writes the `count` items ranked first, best first; of equal scores the lower id stands first. */
static void firstItems(int32_t *to, const float *row, int items, int count) {
  int found = 0;
  for (int item = 0; item < items; item++) {
    int place = found;
    // Those before it have lower ids, so that an equal one stays ahead.
    while (place > 0 && row[to[place - 1]] < row[item]) place--;
    if (place == count) continue;
    if (found < count) found++;
    for (int at = found - 1; at > place; at--) to[at] = to[at - 1];
    to[place] = item;
  }
}
