// The recommender on a prefix forest: loss, gradient, and their tangents in a direction.

/** What one evaluation keeps for its derivative and for the derivative's tangent. */
typedef struct {
  /** [nodes x 4 hidden] r, z, n, m */
  float *gates;
  /** [nodes x hidden] */
  float *h;
  /** [nodes - roots x hidden] the parent's h */
  float *before;
  /** Gradients: by h, by the hidden projection, by the new-gate's argument [nodes], by the input projection [unique]. */
  float *dh, *da, *dn, *dp;
  /** [pairs x width] probabilities */
  float *p;
  /** [pairs x hidden] h at the pairs, and [pairs x width] the gradient by their logits */
  float *last, *d;
} Evaluation;

/** Tangents of what `Evaluation` holds. */
typedef struct {
  float *gates, *h, *before, *dh, *da, *dp, *last, *d;
} Tangent;

/** Room that lives for one call only. */
typedef struct {
  /** [unique x gates] */
  float *p;
  /** [nodes x gates] */
  float *a;
  /** [max(nodes, pairs) x hidden] */
  float *back;
  /** [unique x embedding] */
  float *rows;
  /** [pairs x rank] */
  float *mix;
  /** [gates, a multiple of 16, x hidden] */
  float *panels;
} Scratch;

/**
 * A sum of outer products, `scale * u^T v`, that is never multiplied out: what the inner steps change of fc.weight
 * has one term for each pair and step.
 */
typedef struct {
  /** [rows x width] */
  float *u;
  /** [rows x hidden] */
  float *v;
  int rows;
  float scale;
} LowRank;

/** c[pairs x width] += x[pairs x hidden] (low rank)^T */
static void applyLowRank(const Sizes *sizes, float *c, const float *x, const LowRank *low, int pairs, float *mix) {
  int rows = low->rows, width = sizes->width, hidden = sizes->hidden;
  if (rows == 0) return;
  productNT(mix, rows, x, hidden, low->v, hidden, pairs, rows, hidden, 1, 0);
  productNN(c, width, mix, rows, low->u, width, pairs, width, rows, low->scale, 1);
}

/** c[pairs x hidden] += d[pairs x width] (low rank) */
static void applyLowRankBack(const Sizes *sizes, float *c, const float *d, const LowRank *low, int pairs, float *mix) {
  int rows = low->rows, width = sizes->width, hidden = sizes->hidden;
  if (rows == 0) return;
  productNT(mix, rows, d, width, low->u, width, pairs, rows, width, 1, 0);
  productNN(c, hidden, mix, rows, low->v, hidden, pairs, hidden, rows, low->scale, 1);
}

/** c[m x n] = a[m x k] b[n x k]^T (+ c), rows without gaps; by b's panels where there are some. */
static void multiply(float *c, const float *a, const float *b, const float *panels, int m, int n, int k, int add) {
#if WIDTH == 16
  if (panels) {
    productPanels(c, n, a, k, b, panels, m, n, k, add);
    return;
  }
#endif
  (void)panels;
  productNT(c, n, a, k, b, k, m, n, k, 1, add);
}

/** Weights [n x k] in panels, if so many rows are multiplied by them that packing pays; else null. */
static const float *packedFor(const Scratch *s, const float *weights, int n, int k, long rows) {
#if WIDTH == 16
  if (rows >= 16) {
    packPanels(s->panels, weights, n, k);
    return s->panels;
  }
#endif
  (void)n, (void)k, (void)s, (void)weights, (void)rows;
  return 0;
}

/** h at every node and the logits of every pair (in `e->p`). */
static void logits(
    const Sizes *sizes, const Forest *f, const Weights *w, const LowRank *low, const Evaluation *e, const Scratch *s) {
  long width = sizes->width, embedding = sizes->embedding, hidden = sizes->hidden, gates = sizes->gates;
  const float *own = w->embedding + f->first * embedding;
  for (int i = 0; i < f->unique; i++) copyRow(s->p + i * gates, w->bih, gates);
  const float *panels = packedFor(s, w->wih, gates, embedding, f->unique);
  multiply(s->p, own, w->wih, panels, f->unique, gates, embedding, 1);
  panels = packedFor(s, w->whh, gates, hidden, f->nodes - f->roots);
  for (int level = 0; level < f->levels; level++) {
    long from = f->levelOffsets[level], to = f->levelOffsets[level + 1];
    if (level > 0) {
      for (long node = from; node < to; node++) {
        copyRow(e->before + (node - f->roots) * hidden, e->h + f->parents[node] * hidden, hidden);
      }
      const float *before = e->before + (from - f->roots) * hidden;
      multiply(s->a + from * gates, before, w->whh, panels, to - from, gates, hidden, 0);
    }
    for (long node = from; node < to; node++) {
      cellForward(
          e->h + node * hidden, e->gates + node * 4 * hidden, s->p + f->items[node] * gates, s->a + node * gates,
          w->bhh, level > 0 ? e->before + (node - f->roots) * hidden : 0, hidden);
    }
  }
  for (long pair = 0; pair < f->pairs; pair++) {
    copyRow(e->last + pair * hidden, e->h + f->nodeOfPair[pair] * hidden, hidden);
  }
  multiply(e->p, e->last, w->fcw, w->panels, f->pairs, width, hidden, 0);
  applyLowRank(sizes, e->p, e->last, low, f->pairs, s->mix);
  for (long pair = 0; pair < f->pairs; pair++) addRow(e->p + pair * width, w->fcb, width, 1);
}

/** Logits to probabilities; losses go to `losses` unless it is null. */
static void softmax(const Sizes *sizes, const Forest *f, const Evaluation *e, double *losses) {
  for (long pair = 0; pair < f->pairs; pair++) {
    double loss = softmaxLoss(e->p + pair * sizes->width, f->labels[pair], sizes->items, sizes->width);
    if (losses) losses[pair] = loss;
  }
}

/** All that the weights' gradients are products of. */
static void backward(
    const Sizes *sizes, const Forest *f, const Weights *w, const LowRank *low, const Evaluation *e, const Scratch *s) {
  long width = sizes->width, hidden = sizes->hidden, gates = sizes->gates;
  for (long pair = 0; pair < f->pairs; pair++) {
    lossGradientRow(e->d + pair * width, e->p + pair * width, f->labels[pair], f->weights[pair], width);
  }
  productNN(s->back, hidden, e->d, width, w->fcw, hidden, f->pairs, hidden, width, 1, 0);
  applyLowRankBack(sizes, s->back, e->d, low, f->pairs, s->mix);
  clearRow(e->dh, f->nodes * hidden);
  for (long pair = 0; pair < f->pairs; pair++) {
    addRow(e->dh + f->nodeOfPair[pair] * hidden, s->back + pair * hidden, hidden, 1);
  }
  clearRow(e->dp, f->unique * gates);
  for (int level = f->levels - 1; level >= 0; level--) {
    long from = f->levelOffsets[level], to = f->levelOffsets[level + 1];
    for (long node = from; node < to; node++) {
      cellBackward(
          e->da + node * gates, e->dn + node * hidden, e->dp + f->items[node] * gates,
          level > 0 ? e->dh + f->parents[node] * hidden : 0, e->dh + node * hidden, e->gates + node * 4 * hidden,
          level > 0 ? e->before + (node - f->roots) * hidden : 0, hidden);
    }
    if (level == 0) break;
    productNN(s->back, hidden, e->da + from * gates, gates, w->whh, hidden, to - from, hidden, gates, 1, 0);
    for (long node = from; node < to; node++) {
      addRow(e->dh + f->parents[node] * hidden, s->back + (node - from) * hidden, hidden, 1);
    }
  }
}

/**
 * to = base + scale * gradient (`base` null for zeros), fc.weight only if `withOutput`; the embedding's gradient is
 * added to what stands in `to`. `to` may be `base`, and both may be `w`.
 */
static void addGradient(
    const Sizes *sizes, const Weights *to, const Weights *base, const Forest *f, const Weights *w, const Evaluation *e,
    const Scratch *s, float scale, int withOutput) {
  static const Weights zeros = {0};
  long width = sizes->width, embedding = sizes->embedding, hidden = sizes->hidden, gates = sizes->gates;
  long offset = f->first * embedding;
  if (!base) base = &zeros;
  productNN(s->rows, embedding, e->dp, gates, w->wih, embedding, f->unique, embedding, gates, 1, 0);
  productTN(
      to->wih, base->wih, embedding, e->dp, gates, w->embedding + offset, embedding, f->unique, 0, 0, 0, 0, 0, gates,
      embedding, scale);
  productTN(
      to->whh, base->whh, hidden, e->da + f->roots * gates, gates, e->before, hidden, f->nodes - f->roots, 0, 0, 0, 0,
      0, gates, hidden, scale);
  addColumnSums(to->bih, base->bih, e->dp, f->unique, gates, scale);
  addColumnSums(to->bhh, base->bhh, e->da, f->nodes, gates, scale);
  addColumnSums(to->fcb, base->fcb, e->d, f->pairs, width, scale);
  if (withOutput) {
    productTN(
        to->fcw, base->fcw, hidden, e->d, width, e->last, hidden, f->pairs, 0, 0, 0, 0, 0, width, hidden, scale);
  }
  addRow(to->embedding + offset, s->rows, f->unique * embedding, scale);
}

/**
 * The tangent of `logits`, `softmax` and `backward` in direction v: forward over reverse, so that `t` holds what the
 * Hessian-vector product is made of. The direction's fc.weight is `v->fcw` if that is not null, else the sum of the
 * three low-rank terms.
 */
static void tangents(
    const Sizes *sizes, const Forest *f, const Weights *w, const LowRank *low, const Evaluation *e, const Weights *v,
    const LowRank *directions, const Tangent *t, const Scratch *s) {
  long width = sizes->width, embedding = sizes->embedding, hidden = sizes->hidden, gates = sizes->gates;
  long offset = f->first * embedding, inner = f->nodes - f->roots;
  for (int i = 0; i < f->unique; i++) copyRow(s->p + i * gates, v->bih, gates);
  const float *panels = packedFor(s, w->wih, gates, embedding, f->unique);
  multiply(s->p, v->embedding + offset, w->wih, panels, f->unique, gates, embedding, 1);
  panels = packedFor(s, v->wih, gates, embedding, f->unique);
  multiply(s->p, w->embedding + offset, v->wih, panels, f->unique, gates, embedding, 1);
  panels = packedFor(s, v->whh, gates, hidden, inner);
  multiply(s->a + f->roots * gates, e->before, v->whh, panels, inner, gates, hidden, 0);
  panels = packedFor(s, w->whh, gates, hidden, inner);
  for (int level = 0; level < f->levels; level++) {
    long from = f->levelOffsets[level], to = f->levelOffsets[level + 1];
    if (level > 0) {
      for (long node = from; node < to; node++) {
        copyRow(t->before + (node - f->roots) * hidden, t->h + f->parents[node] * hidden, hidden);
      }
      const float *before = t->before + (from - f->roots) * hidden;
      multiply(s->a + from * gates, before, w->whh, panels, to - from, gates, hidden, 1);
    }
    for (long node = from; node < to; node++) {
      long row = (node - f->roots) * hidden;
      cellForwardTangent(
          t->h + node * hidden, t->gates + node * 4 * hidden, s->p + f->items[node] * gates, s->a + node * gates,
          v->bhh, level > 0 ? t->before + row : 0, e->gates + node * 4 * hidden, level > 0 ? e->before + row : 0,
          hidden);
    }
  }
  for (long pair = 0; pair < f->pairs; pair++) {
    copyRow(t->last + pair * hidden, t->h + f->nodeOfPair[pair] * hidden, hidden);
  }
  multiply(t->d, t->last, w->fcw, w->panels, f->pairs, width, hidden, 0);
  applyLowRank(sizes, t->d, t->last, low, f->pairs, s->mix);
  if (v->fcw) {
    productNT(t->d, width, e->last, hidden, v->fcw, hidden, f->pairs, width, hidden, 1, 1);
  } else {
    for (int i = 0; i < 3; i++) applyLowRank(sizes, t->d, e->last, directions + i, f->pairs, s->mix);
  }
  for (long pair = 0; pair < f->pairs; pair++) {
    float *row = t->d + pair * width;
    addRow(row, v->fcb, width, 1);
    lossGradientTangentRow(row, e->p + pair * width, f->weights[pair], width);
  }

  productNN(s->back, hidden, t->d, width, w->fcw, hidden, f->pairs, hidden, width, 1, 0);
  applyLowRankBack(sizes, s->back, t->d, low, f->pairs, s->mix);
  if (v->fcw) {
    productNN(s->back, hidden, e->d, width, v->fcw, hidden, f->pairs, hidden, width, 1, 1);
  } else {
    for (int i = 0; i < 3; i++) applyLowRankBack(sizes, s->back, e->d, directions + i, f->pairs, s->mix);
  }
  clearRow(t->dh, f->nodes * hidden);
  for (long pair = 0; pair < f->pairs; pair++) {
    addRow(t->dh + f->nodeOfPair[pair] * hidden, s->back + pair * hidden, hidden, 1);
  }
  clearRow(t->dp, f->unique * gates);
  productNN(s->back, hidden, e->da + f->roots * gates, gates, v->whh, hidden, inner, hidden, gates, 1, 0);
  for (int level = f->levels - 1; level >= 0; level--) {
    long from = f->levelOffsets[level], to = f->levelOffsets[level + 1];
    for (long node = from; node < to; node++) {
      long row = (node - f->roots) * hidden;
      cellBackwardTangent(
          t->da + node * gates, t->dp + f->items[node] * gates, level > 0 ? t->dh + f->parents[node] * hidden : 0,
          t->dh + node * hidden, e->dh + node * hidden, e->dn + node * hidden, e->gates + node * 4 * hidden,
          t->gates + node * 4 * hidden, level > 0 ? e->before + row : 0, level > 0 ? t->before + row : 0, hidden);
    }
    if (level == 0) break;
    float *back = s->back + (from - f->roots) * hidden;
    productNN(back, hidden, t->da + from * gates, gates, w->whh, hidden, to - from, hidden, gates, 1, 1);
    for (long node = from; node < to; node++) {
      addRow(t->dh + f->parents[node] * hidden, back + (node - from) * hidden, hidden, 1);
    }
  }
}

/** to += scale * (Hessian-vector product) of what `tangents` left; `v` may be `to`, whose old values then count. */
static void addHessianProduct(
    const Sizes *sizes, const Weights *to, const Forest *f, const Weights *w, const Evaluation *e, const Weights *v,
    const Tangent *t, const Scratch *s, float scale, int withOutput) {
  long width = sizes->width, embedding = sizes->embedding, hidden = sizes->hidden, gates = sizes->gates;
  long offset = f->first * embedding, skip = f->roots * gates;
  int inner = f->nodes - f->roots;
  productNN(s->rows, embedding, t->dp, gates, w->wih, embedding, f->unique, embedding, gates, 1, 0);
  productNN(s->rows, embedding, e->dp, gates, v->wih, embedding, f->unique, embedding, gates, 1, 1);
  productTN(
      to->wih, to->wih, embedding, t->dp, gates, w->embedding + offset, embedding, f->unique, e->dp, gates,
      v->embedding + offset, embedding, f->unique, gates, embedding, scale);
  productTN(
      to->whh, to->whh, hidden, t->da + skip, gates, e->before, hidden, inner, e->da + skip, gates, t->before, hidden,
      inner, gates, hidden, scale);
  addColumnSums(to->bih, to->bih, t->dp, f->unique, gates, scale);
  addColumnSums(to->bhh, to->bhh, t->da, f->nodes, gates, scale);
  addColumnSums(to->fcb, to->fcb, t->d, f->pairs, width, scale);
  if (withOutput) {
    productTN(
        to->fcw, to->fcw, hidden, t->d, width, e->last, hidden, f->pairs, e->d, width, t->last, hidden, f->pairs, width,
        hidden, scale);
  }
  addRow(to->embedding + offset, s->rows, f->unique * embedding, scale);
}
