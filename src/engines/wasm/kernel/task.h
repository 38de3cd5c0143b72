// One task's inner loop, its exact meta-gradient and its rankings; and the gradient of a plain batch of pairs.

/** Rows of fc.weight that drift is worked out on at a time. */
#define PANEL 64
/** Rows of fc.weight's gradient that are summed at a time: with what they are a product of they fit into the first cache. */
#define ROWS_AT_ONCE 32

/** What a thread works with: the sizes, the plan at hand, and where in the thread's arena what stands. */
typedef struct {
  Sizes sizes;
  /** Where memory begins. */
  uintptr_t base;
  Plan plan;
  /**
   * Whether the plan is its group's first, which writes `gradient` and does not add to it: -0 may then stand where the sum
   * of 0 and -0 would be 0, which is 0 again when the groups' sums are added up.
   */
  int isFirst;
  /**
   * fc.weight at theta_0 in panels, at the arena's beginning, and which one these are of: null before a thread's first plan.
   * Most products by it are with theta_0's, in whatever plan. At sixteen lanes only: fewer have too few registers.
   */
  float *panels;
  const float *packed;
  /** How far the arena is taken: in 64 bits, since what a plan needs may pass what a memory can hold. */
  uint64_t end;
  Weights w, w1, g, v, k, rates, out;
  Evaluation e, q;
  Tangent t;
  Scratch s;
  /** What fc.weight has changed by, and the direction's three terms. */
  LowRank low, directions[3];
  float *rows0, *ratesRows, *panel, *evaluations, *queryEvaluation, *weightBlocks;
  float *queryLast, *queryD, *secondMix;
  /** Each step's rows of `allD` times its rate of fc.weight; `allD` itself where all steps have one rate. */
  float *allScaledD;
  float *allD, *allLast, *allTangentD, *allTangentLast, *gradientBlock, *directionBlock, *stepGradientBlock;
  /** Floats from one step's evaluation, and weights, to the next one's: 0 where only one is kept. */
  int64_t evaluationStride, weightStride;
  long blockFloats;
} Kernel;

static const LowRank nothing[3];

/** The next region of the arena, on a multiple of 64 bytes. */
static float *take(Kernel *o, int64_t floats) {
  uint64_t at = o->end;
  o->end += ((uint64_t)floats * sizeof(float) + 63) & ~(uint64_t)63;
  return (float *)(uintptr_t)at;
}

/** `count` regions one after the other; `stride` is how far apart. */
static float *takeEach(Kernel *o, int count, int64_t floats, int64_t *stride) {
  uint64_t at = o->end;
  float *first = take(o, floats);
  *stride = count > 1 ? (int64_t)(o->end - at) / (int64_t)sizeof(float) : 0;
  take(o, *stride * (count - 1));
  return first;
}

INLINE int greaterOf(int one, int other) { return one > other ? one : other; }

static int64_t evaluationFloats(const Sizes *sizes, const Forest *f) {
  int64_t inner = f->nodes - f->roots;
  return (int64_t)f->nodes * (10 * sizes->hidden) + inner * sizes->hidden + (int64_t)f->unique * sizes->gates +
         (int64_t)f->pairs * sizes->width;
}

/** Sets the pointers of `e` into a region of `evaluationFloats`; `last` and `d` stand elsewhere. */
static void placeEvaluation(const Sizes *sizes, Evaluation *e, const Forest *f, float *region, float *last, float *d) {
  long hidden = sizes->hidden, gates = sizes->gates;
  e->gates = region;
  e->h = e->gates + f->nodes * 4 * hidden;
  e->before = e->h + f->nodes * hidden;
  e->dh = e->before + (f->nodes - f->roots) * hidden;
  e->da = e->dh + f->nodes * hidden;
  e->dn = e->da + f->nodes * gates;
  e->dp = e->dn + f->nodes * hidden;
  e->p = e->dp + f->unique * gates;
  e->last = last;
  e->d = d;
}

INLINE int keepsSteps(const Plan *plan) {
  return plan->secondOrder || plan->rateGradient || plan->layerGradient || plan->lossSteps > 1;
}

/** Lays the arena out for the plan at hand; returns its bytes. */
static double layOut(Kernel *o, uintptr_t arena) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  int64_t width = sizes->width, embedding = sizes->embedding, hidden = sizes->hidden, gates = sizes->gates;
  int batch = plan->kind == BATCH;
  const Forest *f = &plan->support, *query = batch ? f : &plan->query;
  int steps = plan->steps, uniform = !plan->rates;
  int64_t rows = (int64_t)plan->unique * embedding;
  int64_t nodes = greaterOf(f->nodes, query->nodes), unique = greaterOf(f->unique, query->unique);
  int64_t pairs = greaterOf(f->pairs, query->pairs);
  int lossSteps = batch ? 1 : greaterOf(1, plan->lossSteps);
  int64_t queryPairs = (int64_t)lossSteps * query->pairs, supportPairs = (int64_t)f->pairs * greaterOf(1, steps);
  int64_t rank = queryPairs > supportPairs ? queryPairs : supportPairs;
  o->end = arena;
  o->panels = take(o, WIDTH == 16 ? (width + 15) / 16 * 16 * hidden : 0);
  o->s.p = take(o, unique * gates);
  o->s.a = take(o, nodes * gates);
  o->s.back = take(o, (nodes > pairs ? nodes : pairs) * hidden);
  o->s.rows = take(o, unique * embedding);
  o->s.mix = take(o, pairs * rank);
  o->s.panels = take(o, WIDTH == 16 ? (gates + 15) / 16 * 16 * greaterOf(hidden, embedding) : 0);
  o->rows0 = take(o, rows);
  o->queryEvaluation = take(o, evaluationFloats(sizes, query));
  o->queryLast = take(o, queryPairs * hidden);
  o->queryD = take(o, queryPairs * width);
  if (!batch) {
    int kept = keepsSteps(plan) ? greaterOf(1, steps) : 1;
    int64_t allPairs = (int64_t)steps * f->pairs;
    o->evaluations = takeEach(o, kept, evaluationFloats(sizes, f), &o->evaluationStride);
    o->allD = take(o, allPairs * width);
    o->allScaledD = plan->layerRates ? take(o, allPairs * width) : o->allD;
    if (plan->layerGradient) o->secondMix = take(o, f->pairs * rank);
    o->allLast = take(o, allPairs * hidden);
    o->blockFloats = uniform ? sizes->denseCore : sizes->dense;
    o->weightBlocks = takeEach(o, kept, rows + o->blockFloats, &o->weightStride);
    if (plan->kind == ADAPT) {
      o->panel = take(o, PANEL * hidden);
    } else {
      o->gradientBlock = take(o, rows + o->blockFloats);
    }
    if (!uniform) {
      o->ratesRows = take(o, rows);
      o->directionBlock = take(o, rows + sizes->dense);
    }
    if (plan->layerRates) {
      o->directionBlock = take(o, rows + sizes->denseCore);
      o->stepGradientBlock = take(o, rows + sizes->denseCore);
    }
    if (!uniform || plan->rateGradient) o->stepGradientBlock = take(o, rows + sizes->dense);
    if (plan->secondOrder) {
      o->allTangentD = take(o, allPairs * width);
      o->allTangentLast = take(o, allPairs * hidden);
      o->t.gates = take(o, f->nodes * 4 * hidden);
      o->t.h = take(o, f->nodes * hidden);
      o->t.before = take(o, f->nodes * hidden);
      o->t.dh = take(o, f->nodes * hidden);
      o->t.da = take(o, f->nodes * gates);
      o->t.dp = take(o, f->unique * gates);
    }
  }
  return (double)(o->end - arena);
}

/** The plan's rows of a matrix with one row for each item. */
static void gather(const Kernel *o, float *to, const float *from) {
  long embedding = o->sizes.embedding;
  for (int i = 0; i < o->plan.unique; i++) copyRow(to + i * embedding, from + o->plan.itemIds[i] * embedding, embedding);
}

INLINE float *denseOf(const Kernel *o, float *parameters) {
  return parameters + (long)o->sizes.items * o->sizes.embedding;
}

/** Floats of the plan's embedding rows. */
INLINE long rowFloats(const Kernel *o) { return (long)o->plan.unique * o->sizes.embedding; }

/** A block holds embedding rows, then the dense tensors, without fc.weight where that stays low-rank. */
static void placeBlock(const Kernel *o, Weights *w, float *block, float *fcw) {
  place(&o->sizes, w, block, block + rowFloats(o), fcw);
}

/** Where fc.weight is that of theta_0, the panels are its. */
static void usePanels(const Kernel *o, Weights *w) {
  if (w->fcw == o->packed) w->panels = o->panels;
}

/** Points `w` at the weights after `step` inner steps and `low` at what fc.weight has changed by. */
static void useWeights(Kernel *o, Weights *w, int step) {
  const Plan *plan = &o->plan;
  int uniform = !plan->rates;
  float *theta = denseOf(o, plan->parameters);
  if (step == 0) {
    place(&o->sizes, w, o->rows0, theta, 0);
  } else {
    placeBlock(o, w, o->weightBlocks + (step - 1) * o->weightStride, uniform ? theta + o->sizes.denseCore : 0);
  }
  usePanels(o, w);
  int rows = uniform ? step * plan->support.pairs : 0;
  o->low = (LowRank){o->allScaledD, o->allLast, rows, plan->layerRates ? -1 : -plan->rate};
}

/** The rates of a step, of `layerRates`. */
INLINE const float *layerRatesOf(const Plan *plan, int step) {
  return plan->layerRates + (step < plan->rateSteps ? step : plan->rateSteps - 1) * 7;
}

/** to = base + scale * rates * from, tensor by tensor but for fc.weight; `base` null for none. */
static void addByLayer(
    const Kernel *o, const Weights *to, const Weights *base, const Weights *from, const float *rates, float scale) {
  static const Weights none = {0};
  const Sizes *sizes = &o->sizes;
  long gates = sizes->gates;
  if (!base) base = &none;
  addScaledRow(to->embedding, base->embedding, from->embedding, rowFloats(o), scale * rates[0]);
  addScaledRow(to->wih, base->wih, from->wih, gates * sizes->embedding, scale * rates[1]);
  addScaledRow(to->whh, base->whh, from->whh, gates * sizes->hidden, scale * rates[2]);
  addScaledRow(to->bih, base->bih, from->bih, gates, scale * rates[3]);
  addScaledRow(to->bhh, base->bhh, from->bhh, gates, scale * rates[4]);
  addScaledRow(to->fcb, base->fcb, from->fcb, sizes->width, scale * rates[5]);
}

static void useStep(Kernel *o, int step) {
  const Forest *f = &o->plan.support;
  long row = (long)step * f->pairs;
  placeEvaluation(
      &o->sizes, &o->e, f, o->evaluations + step * o->evaluationStride, o->allLast + row * o->sizes.hidden,
      o->allD + row * o->sizes.width);
  useWeights(o, &o->w, step);
}

/** `block`: which of the losses of the query set, whose `last` and `d` are kept one after the other. */
static void useQuery(Kernel *o, const Forest *f, int block) {
  long row = (long)block * f->pairs;
  placeEvaluation(
      &o->sizes, &o->q, f, o->queryEvaluation, o->queryLast + row * o->sizes.hidden, o->queryD + row * o->sizes.width);
}

/** The support gradient that `e` holds, all but fc.weight's multiplied out, into `k`. */
static void coreGradient(Kernel *o) {
  placeBlock(o, &o->k, o->stepGradientBlock, 0);
  clearRow(o->k.embedding, rowFloats(o));
  addGradient(&o->sizes, &o->k, 0, &o->plan.support, &o->w, &o->e, &o->s, 1, 0);
}

/** The support gradient that `e` holds, multiplied out, into `k`. */
static void stepGradient(Kernel *o) {
  placeBlock(o, &o->k, o->stepGradientBlock, 0);
  clearRow(o->k.embedding, rowFloats(o));
  addGradient(&o->sizes, &o->k, 0, &o->plan.support, &o->w, &o->e, &o->s, 1, 1);
}

/** theta_{step + 1} from theta_step. */
static void innerStep(Kernel *o, int step) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  const Forest *f = &plan->support;
  useStep(o, step);
  logits(sizes, f, &o->w, &o->low, &o->e, &o->s);
  softmax(sizes, f, &o->e, 0);
  backward(sizes, f, &o->w, &o->low, &o->e, &o->s);
  useWeights(o, &o->w1, step + 1);
  if (plan->layerRates) {
    const float *own = layerRatesOf(plan, step);
    coreGradient(o);
    addByLayer(o, &o->w1, &o->w, &o->k, own, -1);
    long row = (long)step * f->pairs * sizes->width;
    addScaledRow(o->allScaledD + row, 0, o->e.d, (long)f->pairs * sizes->width, own[6]);
  } else if (!plan->rates) {
    if (o->w1.embedding != o->w.embedding) copyRow(o->w1.embedding, o->w.embedding, rowFloats(o));
    addGradient(sizes, &o->w1, &o->w, f, &o->w, &o->e, &o->s, -plan->rate, 0);
  } else {
    stepGradient(o);
    stepRow(o->w1.embedding, o->w.embedding, o->rates.embedding, o->k.embedding, rowFloats(o));
    stepRow(o->w1.wih, o->w.wih, o->rates.wih, o->k.wih, sizes->dense);
  }
}

static void prepare(Kernel *o, uintptr_t arena) {
  const Plan *plan = &o->plan;
  layOut(o, arena);
#if WIDTH == 16
  float *fcw = denseOf(o, plan->parameters) + o->sizes.denseCore;
  if (o->packed != fcw) packPanels(o->panels, fcw, o->sizes.width, o->sizes.hidden);
  o->packed = fcw;
#endif
  gather(o, o->rows0, plan->parameters);
  if (plan->gradientRows) clearRow(plan->gradientRows, rowFloats(o));
  if (plan->rateGradientRows) clearRow(plan->rateGradientRows, rowFloats(o));
  if (plan->rates) {
    gather(o, o->ratesRows, plan->rates);
    place(&o->sizes, &o->rates, o->ratesRows, denseOf(o, plan->rates), 0);
  }
}

/**
 * to = base + scale * (three low-rank sums, one after the other); `base`, which may be `to`, null for zeros. Some rows at a
 * time, so that they are read and written once.
 */
static void addOuter(const Sizes *sizes, float *to, const float *base, const LowRank low[3], float scale) {
  long width = sizes->width, hidden = sizes->hidden;
  for (long row = 0; row < width; row += ROWS_AT_ONCE) {
    int rows = width - row < ROWS_AT_ONCE ? width - row : ROWS_AT_ONCE;
    float *own = to + row * hidden;
    const float *from = base ? base + row * hidden : 0;
    for (int i = 0; i < 3; i++) {
      if (low[i].rows == 0 && from) continue;
      productTN(
          own, from, hidden, low[i].u + row, width, low[i].v, hidden, low[i].rows, 0, 0, 0, 0, 0, rows, hidden,
          scale * low[i].scale);
      from = own;
    }
  }
}

/** The Hessian products of all steps from `step` on, of fc.weight: two low-rank sums. */
static void keepProduct(Kernel *o, int step, float scale) {
  const Plan *plan = &o->plan;
  long row = (long)step * plan->support.pairs, d = row * o->sizes.width, last = row * o->sizes.hidden;
  int rows = (plan->steps - step) * plan->support.pairs;
  o->directions[1] = (LowRank){o->allTangentD + d, o->allLast + last, rows, scale};
  o->directions[2] = (LowRank){o->allD + d, o->allTangentLast + last, rows, scale};
}

/** g = g - H (rates g), H at the step that `e` and `w` stand at. */
static void hessianStep(Kernel *o, int step) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  const Forest *f = &plan->support;
  long d = (long)step * f->pairs * sizes->width, last = (long)step * f->pairs * sizes->hidden;
  o->t.d = o->allTangentD + d;
  o->t.last = o->allTangentLast + last;
  if (plan->layerRates) {
    const float *own = layerRatesOf(plan, step);
    placeBlock(o, &o->v, o->directionBlock, 0);
    o->v.fcw = 0;
    addByLayer(o, &o->v, 0, &o->g, own, 1);
    LowRank scaled[3];
    for (int i = 0; i < 3; i++) {
      scaled[i] = o->directions[i];
      scaled[i].scale *= own[6];
    }
    tangents(sizes, f, &o->w, &o->low, &o->e, &o->v, scaled, &o->t, &o->s);
    addHessianProduct(sizes, &o->g, f, &o->w, &o->e, &o->v, &o->t, &o->s, -1, 0);
    keepProduct(o, step, -1);
  } else if (!plan->rates) {
    tangents(sizes, f, &o->w, &o->low, &o->e, &o->g, o->directions, &o->t, &o->s);
    addHessianProduct(sizes, &o->g, f, &o->w, &o->e, &o->g, &o->t, &o->s, -plan->rate, 0);
    keepProduct(o, step, -plan->rate);
  } else {
    placeBlock(o, &o->v, o->directionBlock, 0);
    multiplyRow(o->v.embedding, o->rates.embedding, o->g.embedding, rowFloats(o));
    multiplyRow(o->v.wih, o->rates.wih, o->g.wih, sizes->dense);
    tangents(sizes, f, &o->w, &o->low, &o->e, &o->v, nothing, &o->t, &o->s);
    addHessianProduct(sizes, &o->g, f, &o->w, &o->e, &o->v, &o->t, &o->s, -1, 1);
  }
}

/** The sum of products of a low-rank matrix with the support gradient by fc.weight that `e` holds. */
static double outerDot(const Kernel *o, const LowRank *other) {
  long width = o->sizes.width, hidden = o->sizes.hidden;
  int pairs = o->plan.support.pairs, rows = other->rows;
  if (rows == 0) return 0;
  productNT(o->s.mix, rows, o->e.d, width, other->u, width, pairs, rows, width, 1, 0);
  productNT(o->secondMix, rows, o->e.last, hidden, other->v, hidden, pairs, rows, hidden, 1, 0);
  return (double)other->scale * dotRow(o->s.mix, o->secondMix, (long)pairs * rows);
}

/** Gradient by the rates of a step's tensors: the sums of -g * (support gradient). */
static void layerStep(Kernel *o, int step) {
  const Plan *plan = &o->plan;
  const Sizes *sizes = &o->sizes;
  const Weights *g = &o->g, *k = &o->k;
  const LowRank *directions = o->directions;
  long gates = sizes->gates;
  coreGradient(o);
  double dots[7] = {
      dotRow(g->embedding, k->embedding, rowFloats(o)),
      dotRow(g->wih, k->wih, gates * sizes->embedding),
      dotRow(g->whh, k->whh, gates * sizes->hidden),
      dotRow(g->bih, k->bih, gates),
      dotRow(g->bhh, k->bhh, gates),
      dotRow(g->fcb, k->fcb, sizes->width),
      outerDot(o, directions) + outerDot(o, directions + 1) + outerDot(o, directions + 2),
  };
  double *to = plan->layerGradient + (step < plan->rateSteps ? step : plan->rateSteps - 1) * 7;
  for (int i = 0; i < 7; i++) to[i] -= (double)plan->scale * dots[i];
}

/** Gradient by the rates: -g * (support gradient), element by element. */
static void rateStep(Kernel *o) {
  const Plan *plan = &o->plan;
  stepGradient(o);
  place(&o->sizes, &o->out, plan->rateGradientRows, plan->rateGradient, 0);
  addProductRow(o->out.embedding, o->g.embedding, o->k.embedding, rowFloats(o), -plan->scale);
  addProductRow(o->out.wih, o->g.wih, o->k.wih, o->sizes.dense, -plan->scale);
}

/**
 * The query loss after `step` inner steps, and its gradient added to `g`: written where there is none yet, at block 0. Of
 * fc.weight's, `q` keeps what it is a product of.
 */
static void queryStep(Kernel *o, int step, int block) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  Forest query = plan->query;
  query.weights += (long)block * query.pairs;
  useWeights(o, &o->w, step);
  useQuery(o, &query, block);
  logits(sizes, &query, &o->w, &o->low, &o->q, &o->s);
  softmax(sizes, &query, &o->q, plan->losses + (long)block * query.pairs);
  backward(sizes, &query, &o->w, &o->low, &o->q, &o->s);
  addGradient(sizes, &o->g, block == 0 ? 0 : &o->g, &query, &o->w, &o->q, &o->s, 1, plan->rates != 0);
}

/** Adds scale * (gradient of the query loss after the inner steps, chained back to theta_0) to the plan's outputs. */
static void chain(Kernel *o) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  const Forest *query = &plan->query;
  int uniform = !plan->rates;
  for (int step = 0; step < plan->steps; step++) innerStep(o, step);

  placeBlock(o, &o->g, o->gradientBlock, 0);
  if (uniform) o->g.fcw = 0;
  clearRow(o->g.embedding, rowFloats(o));
  queryStep(o, plan->steps, 0);

  o->directions[0] = (LowRank){o->queryD, o->queryLast, query->pairs, 1};
  o->directions[1] = o->directions[2] = nothing[0];
  if (keepsSteps(plan)) {
    int block = 1;
    for (int step = plan->steps - 1; step >= 0; step--) {
      useStep(o, step);
      if (plan->rateGradient) rateStep(o);
      if (plan->layerGradient) layerStep(o, step);
      if (plan->secondOrder) hessianStep(o, step);
      if (block < plan->lossSteps && plan->lossStepList[block] == step) {
        queryStep(o, step, block++);
        o->directions[0].rows += query->pairs;
      }
    }
  }

  place(sizes, &o->out, plan->gradientRows, plan->gradient, 0);
  addRow(o->out.embedding, o->g.embedding, rowFloats(o), plan->scale);
  addScaledRow(o->out.wih, o->isFirst ? 0 : o->out.wih, o->g.wih, o->blockFloats, plan->scale);
  if (uniform) {
    float *fcw = o->out.fcw;
    addOuter(sizes, fcw, o->isFirst ? 0 : fcw, o->directions, plan->scale);
  }
}

/** Adds the gradient of a weighted sum of losses at theta_0 to the plan's outputs. */
static void batch(Kernel *o) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  const Forest *f = &plan->support;
  place(sizes, &o->w, o->rows0, denseOf(o, plan->parameters), 0);
  usePanels(o, &o->w);
  useQuery(o, f, 0);
  logits(sizes, f, &o->w, nothing, &o->q, &o->s);
  softmax(sizes, f, &o->q, plan->losses);
  backward(sizes, f, &o->w, nothing, &o->q, &o->s);
  place(sizes, &o->out, plan->gradientRows, plan->gradient, 0);
  addGradient(sizes, &o->out, o->isFirst ? 0 : &o->out, f, &o->w, &o->q, &o->s, plan->scale, 1);
}

static void addDrift(double *at, const float *before, const float *after, long count) {
  at[0] += squaredNorm(before, count);
  at[1] += squaredNorm(after, count);
  at[2] += squaredDistance(before, after, count);
}

/** Per tensor (wih, whh, bih, bhh, fcb, fcw after the embedding) squared norms before, after and of the change. */
static void drift(Kernel *o, double *at) {
  const Sizes *sizes = &o->sizes;
  const Weights *w = &o->w, *w1 = &o->w1;
  long width = sizes->width, hidden = sizes->hidden, gates = sizes->gates;
  place(sizes, &o->w1, o->rows0, denseOf(o, o->plan.parameters), 0);
  __builtin_memset(at, 0, 7 * 3 * sizeof *at);
  addDrift(at, w1->embedding, w->embedding, rowFloats(o));
  addDrift(at + 3, w1->wih, w->wih, gates * sizes->embedding);
  addDrift(at + 6, w1->whh, w->whh, gates * hidden);
  addDrift(at + 9, w1->bih, w->bih, gates);
  addDrift(at + 12, w1->bhh, w->bhh, gates);
  addDrift(at + 15, w1->fcb, w->fcb, width);
  for (long row = 0; row < width; row += PANEL) {
    int count = width - row < PANEL ? width - row : PANEL;
    float *after = w->fcw + row * hidden;
    if (o->low.rows > 0) {
      productTN(
          o->panel, after, hidden, o->low.u + row, width, o->low.v, hidden, o->low.rows, 0, 0, 0, 0, 0, count, hidden,
          o->low.scale);
      after = o->panel;
    }
    addDrift(at + 18, w1->fcw + row * hidden, after, count * hidden);
  }
}

/** One trajectory; ranks, the items ranked first where asked for, and drift at each of the step counts asked for. */
static void adapt(Kernel *o) {
  const Sizes *sizes = &o->sizes;
  const Plan *plan = &o->plan;
  const Forest *query = &plan->query;
  int step = 0;
  for (int index = 0; index < plan->rankings; index++) {
    for (; step < plan->rankSteps[index]; step++) innerStep(o, step);
    useWeights(o, &o->w, step);
    useQuery(o, query, 0);
    logits(sizes, query, &o->w, &o->low, &o->q, &o->s);
    for (long pair = 0; pair < query->pairs; pair++) {
      long ranking = (long)index * query->pairs + pair;
      const float *row = o->q.p + pair * sizes->width;
      plan->ranks[ranking] = rankOf(row, query->labels[pair], sizes->items);
      if (plan->listed > 0) firstItems(plan->lists + ranking * plan->listed, row, sizes->items, plan->listed);
    }
    drift(o, plan->drift + index * 7 * 3);
  }
}

/** Does what a plan says in the arena given, which is as large as `layOut` said. */
static void run(Kernel *o, uint32_t plan, int isFirst, uintptr_t arena) {
  o->isFirst = isFirst;
  o->plan = readPlan(o->base, plan);
  prepare(o, arena);
  if (o->plan.kind == BATCH) {
    batch(o);
  } else if (o->plan.kind == ADAPT) {
    adapt(o);
  } else {
    chain(o);
  }
}
