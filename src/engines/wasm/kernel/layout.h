// What the host lays out in memory and the kernel reads, by 32-bit addresses within that memory. Sizes are padded by
// the host with zeros: `width` (items), `embedding` and `hidden` to multiples of 8, each gate on its own, so that no
// product has a remainder in its depth.

/** Addresses count from here: 0 in WebAssembly, where memory begins there; natively, where the host says it begins. */
#ifdef __wasm__
#define BASE(base) ((uintptr_t)0)
#else
#define BASE(base) (base)
#endif

/** Sizes of the model: items as they are, the others padded. */
typedef struct {
  int items, width, embedding, hidden;
  /** The three gates: 3 hidden. */
  int gates;
  /** Floats of all parameters but `embedding` and `fc.weight`, which is the last of the dense block; and with it. */
  long denseCore, dense;
} Sizes;

static Sizes sizesOf(int items, int width, int embedding, int hidden) {
  Sizes sizes = {items, width, embedding, hidden, 3 * hidden, 0, 0};
  sizes.denseCore = (long)sizes.gates * (embedding + hidden + 2) + width;
  sizes.dense = sizes.denseCore + (long)width * hidden;
  return sizes;
}

/** Where a set of parameters, or of their gradients or tangents, stands. */
typedef struct {
  /** One row for each of the task's items. */
  float *embedding;
  float *wih, *whh, *bih, *bhh, *fcb, *fcw;
  /** fc.weight once more, in panels (see `packPanels`); null where there are none. */
  const float *panels;
} Weights;

/** The dense block is wih, whh, bih, bhh, fcb, fcw, in this order; `fcw` may stand elsewhere. */
static void place(const Sizes *sizes, Weights *w, float *embeddingRows, float *block, float *fcw) {
  w->embedding = embeddingRows;
  w->wih = block;
  w->whh = w->wih + (long)sizes->gates * sizes->embedding;
  w->bih = w->whh + (long)sizes->gates * sizes->hidden;
  w->bhh = w->bih + sizes->gates;
  w->fcb = w->bhh + sizes->gates;
  w->fcw = fcw ? fcw : w->fcb + sizes->width;
  w->panels = 0;
}

/** A prefix forest and its pairs; items are indices into the task's rows `first .. first + unique`. */
typedef struct {
  int nodes;
  /** Nodes of level 0. */
  int roots;
  int levels, pairs, first, unique;
  /** [nodes], less `first` */
  const int32_t *items;
  /** [nodes] */
  const int32_t *parents;
  /** [levels + 1] */
  const int32_t *levelOffsets;
  /** [pairs] */
  const int32_t *nodeOfPair, *labels;
  /** [pairs]: weight of each pair's loss; of a query set [lossSteps x pairs] */
  const float *weights;
} Forest;

enum { CHAIN, BATCH, ADAPT };

/** One piece of work for one thread. */
typedef struct {
  int kind;
  Forest support, query;
  /** How many items the task touches, and which. */
  int unique;
  const int32_t *itemIds;
  /** Inner steps. */
  int steps;
  /** One rate for all, used if `rates` and `layerRates` are null; else `rates` stands as parameters do. */
  float rate;
  float *rates;
  /** [rateSteps x 7]: one rate for each inner step and tensor, in the order of `Weights`; further steps take the last. */
  const float *layerRates;
  int rateSteps;
  int secondOrder;
  /** Weight of this task's gradient in the sum. */
  float scale;
  /** Embedding [items x embedding], then the dense block. */
  float *parameters;
  /** Dense block to add the gradient to, and the gradient's embedding rows [unique x embedding]. */
  float *gradient, *gradientRows;
  /** Likewise for the gradient by the inner rates; null if not wanted. */
  float *rateGradient, *rateGradientRows;
  /** [rateSteps x 7]: the gradient by `layerRates`, times `scale`; null if not wanted. */
  double *layerGradient;
  /** After how many step counts the query loss is in the objective, and which (descending): all steps, then others. */
  int lossSteps;
  const int32_t *lossStepList;
  /** [lossSteps x query pairs] */
  double *losses;
  /** At how many step counts to rank, which, the ranks [counts x query pairs]. */
  int rankings;
  const int32_t *rankSteps;
  int32_t *ranks;
  /** [counts x 7 x 3], tensors as in the dense block after the embedding: squared norms before (over the rows that may
   * change), after, and of the change. */
  double *drift;
  /** How many items to list of each ranking, at most as many as there are, and which [counts x query pairs x listed]. */
  int listed;
  int32_t *lists;
} Plan;

/** Reads records, word by word. */
typedef struct {
  uintptr_t base;
  const int32_t *word;
} Reader;

INLINE int readInt(Reader *reader) { return *reader->word++; }

INLINE float readFloat(Reader *reader) {
  float value;
  __builtin_memcpy(&value, reader->word++, sizeof value);
  return value;
}

/** What an address points to; null for 0. */
INLINE void *readPointer(Reader *reader) {
  uint32_t address = (uint32_t)*reader->word++;
  return address ? (void *)(BASE(reader->base) + address) : 0;
}

static Forest readForest(uintptr_t base, const int32_t *words) {
  Reader reader = {base, words};
  Forest forest = {0};
  if (!words) return forest;
  forest.nodes = readInt(&reader);
  forest.roots = readInt(&reader);
  forest.levels = readInt(&reader);
  forest.pairs = readInt(&reader);
  forest.first = readInt(&reader);
  forest.unique = readInt(&reader);
  forest.items = readPointer(&reader);
  forest.parents = readPointer(&reader);
  forest.levelOffsets = readPointer(&reader);
  forest.nodeOfPair = readPointer(&reader);
  forest.labels = readPointer(&reader);
  forest.weights = readPointer(&reader);
  return forest;
}

static Plan readPlan(uintptr_t base, uint32_t address) {
  Reader reader = {base, (const int32_t *)(BASE(base) + address)};
  Plan plan;
  plan.kind = readInt(&reader);
  plan.support = readForest(base, readPointer(&reader));
  plan.query = readForest(base, readPointer(&reader));
  plan.unique = readInt(&reader);
  plan.itemIds = readPointer(&reader);
  plan.steps = readInt(&reader);
  plan.rate = readFloat(&reader);
  plan.rates = readPointer(&reader);
  plan.layerRates = readPointer(&reader);
  plan.rateSteps = readInt(&reader);
  plan.secondOrder = readInt(&reader);
  plan.scale = readFloat(&reader);
  plan.parameters = readPointer(&reader);
  plan.gradient = readPointer(&reader);
  plan.gradientRows = readPointer(&reader);
  plan.rateGradient = readPointer(&reader);
  plan.rateGradientRows = readPointer(&reader);
  plan.layerGradient = readPointer(&reader);
  plan.lossSteps = readInt(&reader);
  plan.lossStepList = readPointer(&reader);
  plan.losses = readPointer(&reader);
  plan.rankings = readInt(&reader);
  plan.rankSteps = readPointer(&reader);
  plan.ranks = readPointer(&reader);
  plan.drift = readPointer(&reader);
  plan.listed = readInt(&reader);
  plan.lists = readPointer(&reader);
  return plan;
}
