// What the host lays out in memory and the kernel reads. Sizes are padded by the host with zeros: `width` (items),
// `embedding` and `hidden` to multiples of 8, each gate on its own, so that no product has a remainder in its depth.

/** Items, and items padded. */
export let items: i32 = 0;
export let width: i32 = 0;
export let embedding: i32 = 0;
export let hidden: i32 = 0;
/** The three gates: 3 hidden. */
export let gates: i32 = 0;
/** Bytes of a row. */
export let widthRow: usize = 0;
export let embeddingRow: usize = 0;
export let hiddenRow: usize = 0;
export let gatesRow: usize = 0;
/** Floats of all parameters but `embedding` and `fc.weight`, which is the last of the dense block. */
export let denseCore: i32 = 0;
/** Floats of all parameters but `embedding`. */
export let dense: i32 = 0;

/** Sizes of the model: items as they are, the others padded. */
export function configure(itemCount: i32, itemWidth: i32, embeddingSize: i32, hiddenSize: i32): void {
  items = itemCount;
  width = itemWidth;
  embedding = embeddingSize;
  hidden = hiddenSize;
  gates = 3 * hiddenSize;
  widthRow = (<usize>width) << 2;
  embeddingRow = (<usize>embedding) << 2;
  hiddenRow = (<usize>hidden) << 2;
  gatesRow = (<usize>gates) << 2;
  denseCore = gates * (embedding + hidden + 2) + width;
  dense = denseCore + width * hidden;
}

/** Where a set of parameters, or of their gradients or tangents, stands. */
@unmanaged
export class Weights {
  /** One row for each of the task's items. */
  embedding: usize;
  wih: usize;
  whh: usize;
  bih: usize;
  bhh: usize;
  fcb: usize;
  fcw: usize;
}

/** The dense block is wih, whh, bih, bhh, fcb, fcw, in this order; `fcw` may stand elsewhere. */
export function place(w: Weights, embeddingRows: usize, block: usize, fcw: usize): void {
  w.embedding = embeddingRows;
  w.wih = block;
  w.whh = w.wih + <usize>gates * embeddingRow;
  w.bih = w.whh + <usize>gates * hiddenRow;
  w.bhh = w.bih + gatesRow;
  w.fcb = w.bhh + gatesRow;
  w.fcw = fcw != 0 ? fcw : w.fcb + widthRow;
}

/** A prefix forest and its pairs; items are indices into the task's rows `first .. first + unique`. */
@unmanaged
export class Forest {
  nodes: i32;
  /** Nodes of level 0. */
  roots: i32;
  levels: i32;
  pairs: i32;
  first: i32;
  unique: i32;
  /** i32 [nodes], less `first` */
  items: usize;
  /** i32 [nodes] */
  parents: usize;
  /** i32 [levels + 1] */
  levelOffsets: usize;
  /** i32 [pairs] */
  nodeOfPair: usize;
  /** i32 [pairs] */
  labels: usize;
  /** f32 [pairs]: weight of each pair's loss; of a query set [lossSteps x pairs] */
  weights: usize;
}

/** One piece of work for one thread. */
@unmanaged
export class Plan {
  kind: i32;
  support: Forest;
  query: Forest;
  /** How many items the task touches, and which: i32 [unique]. */
  unique: i32;
  itemIds: usize;
  /** Inner steps. */
  steps: i32;
  /** One rate for all, used if `rates` and `layerRates` are 0; else `rates` stands as parameters do. */
  rate: f32;
  rates: usize;
  /** f32 [rateSteps x 7]: one rate for each inner step and tensor, in the order of `Weights`; further steps take the last. */
  layerRates: usize;
  rateSteps: i32;
  secondOrder: i32;
  /** Weight of this task's gradient in the sum. */
  scale: f32;
  /** Embedding [items x embedding], then the dense block. */
  parameters: usize;
  /** Dense block to add the gradient to, and the gradient's embedding rows [unique x embedding]. */
  gradient: usize;
  gradientRows: usize;
  /** Likewise for the gradient by the inner rates; 0 if not wanted. */
  rateGradient: usize;
  rateGradientRows: usize;
  /** f64 [rateSteps x 7]: the gradient by `layerRates`, times `scale`; 0 if not wanted. */
  layerGradient: usize;
  /** After how many step counts the query loss is in the objective, and which (i32, descending): all steps, then others. */
  lossSteps: i32;
  lossStepList: usize;
  /** f64 [lossSteps x query pairs] */
  losses: usize;
  /** At how many step counts to rank, which (i32), the ranks (i32 [counts x query pairs]). */
  rankings: i32;
  rankSteps: usize;
  ranks: usize;
  /** f64 [counts x 7 x 3], tensors as in the dense block after the embedding: squared norms before (over the rows that
   * may change), after, and of the change. */
  drift: usize;
  /** How many items to list of each ranking, at most as many as there are; i32 [counts x query pairs x listed]. */
  listed: i32;
  lists: usize;
}

export const CHAIN: i32 = 0;
export const BATCH: i32 = 1;
export const ADAPT: i32 = 2;
