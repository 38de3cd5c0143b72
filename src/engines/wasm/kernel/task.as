// One task's inner loop, its exact meta-gradient and its rankings; and the gradient of a plain batch of pairs.
import {
  ADAPT, BATCH, dense, denseCore, embedding, embeddingRow, Forest, gates, gatesRow, hidden, hiddenRow, items, place,
  Plan, Weights, width, widthRow,
} from './layout';
import {
  addGradient, addHessianProduct, backward, Evaluation, logits, LowRank, Scratch, softmax, Tangent, tangents,
} from './network';
import { productNT, productTN } from './products';
import {
  addProductRow, addRow, addScaledRow, copyRow, dotRow, multiplyRow, scaleRow, squaredDistance, squaredNorm, stepRow,
} from './rows';
import { firstItems, rankOf } from './softmax';

/** Rows of fc.weight that drift is worked out on at a time. */
const PANEL: i32 = 64;

// The instance's own records, in the control area that it was given.
let next: usize = 0;
function record(size: usize): usize {
  const at = next;
  next += (size + 15) & ~15;
  return at;
}
let w = changetype<Weights>(0);
let w1 = changetype<Weights>(0);
let g = changetype<Weights>(0);
let v = changetype<Weights>(0);
let k = changetype<Weights>(0);
let rates = changetype<Weights>(0);
let out = changetype<Weights>(0);
let e = changetype<Evaluation>(0);
let q = changetype<Evaluation>(0);
let t = changetype<Tangent>(0);
let s = changetype<Scratch>(0);
let low = changetype<LowRank>(0);
let v0 = changetype<LowRank>(0);
let v1 = changetype<LowRank>(0);
let v2 = changetype<LowRank>(0);
let none = changetype<LowRank>(0);

/** Gives the instance its control area, 1 KiB that no other thread uses. */
export function start(control: usize): void {
  next = control;
  w = changetype<Weights>(record(offsetof<Weights>()));
  w1 = changetype<Weights>(record(offsetof<Weights>()));
  g = changetype<Weights>(record(offsetof<Weights>()));
  v = changetype<Weights>(record(offsetof<Weights>()));
  k = changetype<Weights>(record(offsetof<Weights>()));
  rates = changetype<Weights>(record(offsetof<Weights>()));
  out = changetype<Weights>(record(offsetof<Weights>()));
  e = changetype<Evaluation>(record(offsetof<Evaluation>()));
  q = changetype<Evaluation>(record(offsetof<Evaluation>()));
  t = changetype<Tangent>(record(offsetof<Tangent>()));
  s = changetype<Scratch>(record(offsetof<Scratch>()));
  low = changetype<LowRank>(record(offsetof<LowRank>()));
  v0 = changetype<LowRank>(record(offsetof<LowRank>()));
  v1 = changetype<LowRank>(record(offsetof<LowRank>()));
  v2 = changetype<LowRank>(record(offsetof<LowRank>()));
  none = changetype<LowRank>(record(offsetof<LowRank>()));
  none.rows = 0;
}

// The arena: regions are taken one after the other; `end` is how far they reach.
let end: u64 = 0;
function take(floatCount: i64): usize {
  const at = end;
  end += (<u64>floatCount << 2) + 63 & ~63;
  return <usize>at;
}

// Regions of the task at hand.
let rows0: usize = 0;
let weightBlocks: usize = 0;
let weightStride: usize = 0;
let blockFloats: i32 = 0;
let evaluations: usize = 0;
let evaluationStride: usize = 0;
let queryEvaluation: usize = 0;
let queryD: usize = 0;
let queryLast: usize = 0;
let allD: usize = 0;
/** `allD`, each step's rows times its rate of fc.weight; `allD` itself where all steps have one rate. */
let allScaledD: usize = 0;
let secondMix: usize = 0;
let allLast: usize = 0;
let allTangentD: usize = 0;
let allTangentLast: usize = 0;
let ratesRows: usize = 0;
let gradientBlock: usize = 0;
let directionBlock: usize = 0;
let stepGradientBlock: usize = 0;
let panel: usize = 0;

function evaluationFloats(f: Forest): i64 {
  const inner = <i64>(f.nodes - f.roots);
  return (
    <i64>f.nodes * (10 * hidden) + inner * hidden + <i64>f.unique * gates + <i64>f.pairs * width
  );
}

/** Sets the pointers of `e` into a region of `evaluationFloats`; `last` and `d` stand elsewhere. */
function placeEvaluation(e: Evaluation, f: Forest, region: usize, last: usize, d: usize): void {
  const inner = <usize>(f.nodes - f.roots);
  e.gates = region;
  e.h = e.gates + <usize>f.nodes * 4 * hiddenRow;
  e.before = e.h + <usize>f.nodes * hiddenRow;
  e.dh = e.before + inner * hiddenRow;
  e.da = e.dh + <usize>f.nodes * hiddenRow;
  e.dn = e.da + <usize>f.nodes * gatesRow;
  e.dp = e.dn + <usize>f.nodes * hiddenRow;
  e.p = e.dp + <usize>f.unique * gatesRow;
  e.last = last;
  e.d = d;
}

function keepsSteps(plan: Plan): bool {
  return plan.secondOrder != 0 || plan.rateGradient != 0 || plan.layerGradient != 0 || plan.lossSteps > 1;
}

/** Lays the arena out for a plan; returns its bytes. */
function layOut(plan: Plan, arena: usize): f64 {
  end = arena;
  const batch = plan.kind == BATCH;
  const f = plan.support;
  const query = batch ? f : plan.query;
  const steps = plan.steps;
  const uniform = plan.rates == 0;
  const nodes = max(f.nodes, query.nodes);
  const unique = max(f.unique, query.unique);
  const pairs = max(f.pairs, query.pairs);
  const lossSteps = batch ? 1 : max(1, plan.lossSteps);
  const layered = plan.layerRates != 0;
  const rank = max(query.pairs * lossSteps, f.pairs * max(1, steps));
  s.p = take(<i64>unique * gates);
  s.a = take(<i64>nodes * gates);
  s.back = take(<i64>max(nodes, pairs) * hidden);
  s.rows = take(<i64>unique * embedding);
  s.mix = take(<i64>pairs * rank);
  rows0 = take(<i64>plan.unique * embedding);
  queryEvaluation = take(evaluationFloats(query));
  queryLast = take(<i64>lossSteps * query.pairs * hidden);
  queryD = take(<i64>lossSteps * query.pairs * width);
  if (!batch) {
    const kept = keepsSteps(plan) ? max(1, steps) : 1;
    evaluationStride = take(0);
    evaluations = take(evaluationFloats(f));
    evaluationStride = kept > 1 ? take(0) - evaluations : 0;
    take((<i64>evaluationStride >> 2) * (kept - 1));
    allD = take(<i64>steps * f.pairs * width);
    allScaledD = layered ? take(<i64>steps * f.pairs * width) : allD;
    allLast = take(<i64>steps * f.pairs * hidden);
    if (plan.layerGradient != 0) secondMix = take(<i64>f.pairs * rank);
    blockFloats = uniform ? denseCore : dense;
    weightBlocks = take(<i64>plan.unique * embedding + blockFloats);
    weightStride = kept > 1 ? take(0) - weightBlocks : 0;
    take((<i64>weightStride >> 2) * (kept - 1));
    if (plan.kind == ADAPT) {
      panel = take(PANEL * hidden);
    } else {
      gradientBlock = take(<i64>plan.unique * embedding + blockFloats);
    }
    if (!uniform) {
      ratesRows = take(<i64>plan.unique * embedding);
      directionBlock = take(<i64>plan.unique * embedding + dense);
    }
    if (layered) {
      directionBlock = take(<i64>plan.unique * embedding + denseCore);
      stepGradientBlock = take(<i64>plan.unique * embedding + denseCore);
    }
    if (!uniform || plan.rateGradient != 0) stepGradientBlock = take(<i64>plan.unique * embedding + dense);
    if (plan.secondOrder != 0) {
      allTangentD = take(<i64>steps * f.pairs * width);
      allTangentLast = take(<i64>steps * f.pairs * hidden);
      t.gates = take(<i64>f.nodes * 4 * hidden);
      t.h = take(<i64>f.nodes * hidden);
      t.before = take(<i64>f.nodes * hidden);
      t.dh = take(<i64>f.nodes * hidden);
      t.da = take(<i64>f.nodes * gates);
      t.dp = take(<i64>f.unique * gates);
    }
  }
  return <f64>(end - arena);
}

/** Bytes of arena that a plan needs (a float64, since it may pass what a memory can hold). */
export function arenaBytes(plan: usize): f64 {
  return layOut(changetype<Plan>(plan), 0);
}

function gather(plan: Plan, to: usize, from: usize): void {
  for (let i = 0; i < plan.unique; i++) {
    const id = <usize>load<i32>(plan.itemIds + ((<usize>i) << 2));
    copyRow(to + <usize>i * embeddingRow, from + id * embeddingRow, embedding);
  }
}

@inline
function denseOf(parameters: usize): usize {
  return parameters + <usize>items * embeddingRow;
}

/** A block holds embedding rows, then the dense tensors, without fc.weight where that stays low-rank. */
function placeBlock(plan: Plan, w: Weights, block: usize, fcw: usize): void {
  place(w, block, block + <usize>plan.unique * embeddingRow, fcw);
}

/** Points `w` at the weights after `step` inner steps and `low` at what fc.weight has changed by. */
function useWeights(plan: Plan, w: Weights, step: i32): void {
  const uniform = plan.rates == 0;
  const theta = denseOf(plan.parameters);
  if (step == 0) {
    place(w, rows0, theta, 0);
  } else {
    const fcw = uniform ? theta + ((<usize>denseCore) << 2) : 0;
    placeBlock(plan, w, weightBlocks + <usize>(step - 1) * weightStride, fcw);
  }
  low.u = allScaledD;
  low.v = allLast;
  low.rows = uniform ? step * plan.support.pairs : 0;
  low.scale = plan.layerRates != 0 ? -1 : -plan.rate;
}

/** Where the rates of a step stand, of `layerRates`. */
function layerRates(plan: Plan, step: i32): usize {
  return plan.layerRates + ((<usize>(min(step, plan.rateSteps - 1) * 7)) << 2);
}

/** to = base + scale * rates * from, tensor by tensor but for fc.weight; without a `base`, scale * rates * from. */
function addByLayer(to: Weights, base: Weights | null, from: Weights, unique: i32, rates: usize, scale: f32): void {
  const count = unique * embedding;
  const apart = base === null;
  stepTensor(to.embedding, apart ? 0 : base!.embedding, from.embedding, count, scale * load<f32>(rates));
  stepTensor(to.wih, apart ? 0 : base!.wih, from.wih, gates * embedding, scale * load<f32>(rates, 4));
  stepTensor(to.whh, apart ? 0 : base!.whh, from.whh, gates * hidden, scale * load<f32>(rates, 8));
  stepTensor(to.bih, apart ? 0 : base!.bih, from.bih, gates, scale * load<f32>(rates, 12));
  stepTensor(to.bhh, apart ? 0 : base!.bhh, from.bhh, gates, scale * load<f32>(rates, 16));
  stepTensor(to.fcb, apart ? 0 : base!.fcb, from.fcb, width, scale * load<f32>(rates, 20));
}

function stepTensor(to: usize, base: usize, from: usize, count: i32, rate: f32): void {
  if (base == 0) scaleRow(to, from, count, rate);
  else addScaledRow(to, base, from, count, rate);
}

function useStep(plan: Plan, step: i32): void {
  const f = plan.support;
  const row = <usize>(step * f.pairs);
  placeEvaluation(
    e, f, evaluations + <usize>step * evaluationStride, allLast + row * hiddenRow, allD + row * widthRow,
  );
  useWeights(plan, w, step);
}

/** `block`: which of the losses of the query set, whose `last` and `d` are kept one after the other. */
function useQuery(f: Forest, block: i32): void {
  const row = <usize>(block * f.pairs);
  placeEvaluation(q, f, queryEvaluation, queryLast + row * hiddenRow, queryD + row * widthRow);
}

/** theta_{step + 1} from theta_step. */
function innerStep(plan: Plan, step: i32): void {
  const f = plan.support;
  useStep(plan, step);
  logits(f, w, low, e, s);
  softmax(f, e, 0);
  backward(f, w, low, e, s);
  useWeights(plan, w1, step + 1);
  if (plan.layerRates != 0) {
    const own = layerRates(plan, step);
    coreGradient(plan);
    addByLayer(w1, w, k, plan.unique, own, -1);
    const row = <usize>(step * f.pairs) * widthRow;
    scaleRow(allScaledD + row, e.d, f.pairs * width, load<f32>(own, 24));
  } else if (plan.rates == 0) {
    if (w1.embedding != w.embedding) copyRow(w1.embedding, w.embedding, plan.unique * embedding);
    addGradient(w1, w, f, w, e, s, -plan.rate, false);
  } else {
    stepGradient(plan);
    stepRow(w1.embedding, w.embedding, rates.embedding, k.embedding, plan.unique * embedding);
    stepRow(w1.wih, w.wih, rates.wih, k.wih, dense);
  }
}

/** The support gradient that `e` holds, all but fc.weight's multiplied out, into `k`. */
function coreGradient(plan: Plan): void {
  placeBlock(plan, k, stepGradientBlock, 0);
  memory.fill(k.embedding, 0, <usize>plan.unique * embeddingRow);
  addGradient(k, null, plan.support, w, e, s, 1, false);
}

/** The support gradient that `e` holds, multiplied out, into `k`. */
function stepGradient(plan: Plan): void {
  placeBlock(plan, k, stepGradientBlock, 0);
  memory.fill(k.embedding, 0, <usize>plan.unique * embeddingRow);
  addGradient(k, null, plan.support, w, e, s, 1, true);
}

function prepare(plan: Plan, arena: usize): void {
  layOut(plan, arena);
  gather(plan, rows0, plan.parameters);
  const bytes = <usize>plan.unique * embeddingRow;
  if (plan.gradientRows != 0) memory.fill(plan.gradientRows, 0, bytes);
  if (plan.rateGradientRows != 0) memory.fill(plan.rateGradientRows, 0, bytes);
  if (plan.rates != 0) {
    gather(plan, ratesRows, plan.rates);
    place(rates, ratesRows, denseOf(plan.rates), 0);
  }
}

/** Adds scale * (gradient of the query loss after the inner steps, chained back to theta_0) to the plan's outputs. */
function chain(plan: Plan): void {
  const f = plan.support;
  const query = plan.query;
  const uniform = plan.rates == 0;
  for (let step = 0; step < plan.steps; step++) innerStep(plan, step);

  placeBlock(plan, g, gradientBlock, 0);
  if (uniform) g.fcw = 0;
  memory.fill(g.embedding, 0, <usize>plan.unique * embeddingRow);
  const weights = query.weights;
  queryStep(plan, plan.steps, 0);

  v0.u = queryD;
  v0.v = queryLast;
  v0.rows = query.pairs;
  v0.scale = 1;
  v1.rows = 0;
  v2.rows = 0;
  if (keepsSteps(plan)) {
    let block = 1;
    for (let step = plan.steps - 1; step >= 0; step--) {
      useStep(plan, step);
      if (plan.rateGradient != 0) rateStep(plan);
      if (plan.layerGradient != 0) layerStep(plan, step);
      if (plan.secondOrder != 0) hessianStep(plan, step);
      if (block < plan.lossSteps && load<i32>(plan.lossStepList + ((<usize>block) << 2)) == step) {
        query.weights = weights + ((<usize>(block * query.pairs)) << 2);
        queryStep(plan, step, block);
        v0.rows += query.pairs;
        block++;
      }
    }
    query.weights = weights;
  }

  place(out, plan.gradientRows, plan.gradient, 0);
  addRow(out.embedding, g.embedding, plan.unique * embedding, plan.scale);
  addRow(out.wih, g.wih, blockFloats, plan.scale);
  if (uniform) {
    addOuter(out.fcw, v0, plan.scale);
    addOuter(out.fcw, v1, plan.scale);
    addOuter(out.fcw, v2, plan.scale);
  }
}

/**
 * The query loss after `step` inner steps, and its gradient added to `g`: written where there is none yet, at block 0. Of
 * fc.weight's, `q` keeps what it is a product of.
 */
function queryStep(plan: Plan, step: i32, block: i32): void {
  const query = plan.query;
  useWeights(plan, w, step);
  useQuery(query, block);
  logits(query, w, low, q, s);
  softmax(query, q, plan.losses + ((<usize>(block * query.pairs)) << 3));
  backward(query, w, low, q, s);
  addGradient(g, block == 0 ? null : g, query, w, q, s, 1, plan.rates != 0);
}

/** to += scale * (low rank) */
function addOuter(to: usize, low: LowRank, scale: f32): void {
  if (low.rows == 0) return;
  productTN(
    to, to, hiddenRow, low.u, widthRow, low.v, hiddenRow, low.rows, 0, 0, 0, 0, 0, width, hidden, scale * low.scale,
  );
}

/** g = g - H (rates g), H at the step that `e` and `w` stand at. */
function hessianStep(plan: Plan, step: i32): void {
  const f = plan.support;
  const row = <usize>(step * f.pairs);
  t.d = allTangentD + row * widthRow;
  t.last = allTangentLast + row * hiddenRow;
  if (plan.layerRates != 0) {
    const own = layerRates(plan, step);
    const output = load<f32>(own, 24);
    placeBlock(plan, v, directionBlock, 0);
    v.fcw = 0;
    addByLayer(v, null, g, plan.unique, own, 1);
    const scale = v1.scale;
    v0.scale = output;
    v1.scale = scale * output;
    v2.scale = scale * output;
    tangents(f, w, low, e, v, v0, v1, v2, t, s);
    v0.scale = 1;
    addHessianProduct(g, f, w, e, v, t, s, -1, false);
    keepProduct(plan, step, -1);
  } else if (plan.rates == 0) {
    tangents(f, w, low, e, g, v0, v1, v2, t, s);
    addHessianProduct(g, f, w, e, g, t, s, -plan.rate, false);
    keepProduct(plan, step, -plan.rate);
  } else {
    placeBlock(plan, v, directionBlock, 0);
    multiplyRow(v.embedding, rates.embedding, g.embedding, plan.unique * embedding);
    multiplyRow(v.wih, rates.wih, g.wih, dense);
    tangents(f, w, low, e, v, none, none, none, t, s);
    addHessianProduct(g, f, w, e, v, t, s, -1, true);
  }
}

/** The Hessian products of all steps from `step` on, of fc.weight: two low-rank sums. */
function keepProduct(plan: Plan, step: i32, scale: f32): void {
  const row = <usize>(step * plan.support.pairs);
  const rows = (plan.steps - step) * plan.support.pairs;
  v1.u = allTangentD + row * widthRow;
  v1.v = allLast + row * hiddenRow;
  v1.rows = rows;
  v1.scale = scale;
  v2.u = allD + row * widthRow;
  v2.v = allTangentLast + row * hiddenRow;
  v2.rows = rows;
  v2.scale = scale;
}

/** Gradient by the rates of a step's tensors: the sums of -g * (support gradient). */
function layerStep(plan: Plan, step: i32): void {
  coreGradient(plan);
  const pairs = plan.support.pairs;
  const to = plan.layerGradient + ((<usize>(min(step, plan.rateSteps - 1) * 7)) << 3);
  addDot(plan, to, dotRow(g.embedding, k.embedding, plan.unique * embedding));
  addDot(plan, to + 8, dotRow(g.wih, k.wih, gates * embedding));
  addDot(plan, to + 16, dotRow(g.whh, k.whh, gates * hidden));
  addDot(plan, to + 24, dotRow(g.bih, k.bih, gates));
  addDot(plan, to + 32, dotRow(g.bhh, k.bhh, gates));
  addDot(plan, to + 40, dotRow(g.fcb, k.fcb, width));
  addDot(plan, to + 48, outerDot(v0, pairs) + outerDot(v1, pairs) + outerDot(v2, pairs));
}

function addDot(plan: Plan, to: usize, dot: f64): void {
  store<f64>(to, load<f64>(to) - <f64>plan.scale * dot);
}

/** The sum of products of a low-rank matrix with the support gradient by fc.weight that `e` holds. */
function outerDot(other: LowRank, pairs: i32): f64 {
  if (other.rows == 0) return 0;
  const stride = (<usize>other.rows) << 2;
  productNT(s.mix, stride, e.d, widthRow, other.u, widthRow, pairs, other.rows, width, 1, false);
  productNT(secondMix, stride, e.last, hiddenRow, other.v, hiddenRow, pairs, other.rows, hidden, 1, false);
  return <f64>other.scale * dotRow(s.mix, secondMix, pairs * other.rows);
}

/** Gradient by the rates: -g * (support gradient), element by element. */
function rateStep(plan: Plan): void {
  stepGradient(plan);
  place(out, plan.rateGradientRows, plan.rateGradient, 0);
  addProductRow(out.embedding, g.embedding, k.embedding, plan.unique * embedding, -plan.scale);
  addProductRow(out.wih, g.wih, k.wih, dense, -plan.scale);
}

/** Adds the gradient of a weighted sum of losses at theta_0 to the plan's outputs. */
function batch(plan: Plan): void {
  const f = plan.support;
  place(w, rows0, denseOf(plan.parameters), 0);
  useQuery(f, 0);
  logits(f, w, none, q, s);
  softmax(f, q, plan.losses);
  backward(f, w, none, q, s);
  place(out, plan.gradientRows, plan.gradient, 0);
  addGradient(out, out, f, w, q, s, plan.scale, true);
}

/** One trajectory; ranks, the items ranked first where asked for, and drift at each of the step counts asked for. */
function adapt(plan: Plan): void {
  let step = 0;
  for (let index = 0; index < plan.rankings; index++) {
    const until = load<i32>(plan.rankSteps + ((<usize>index) << 2));
    for (; step < until; step++) innerStep(plan, step);
    useWeights(plan, w, step);
    useQuery(plan.query, 0);
    logits(plan.query, w, low, q, s);
    const pairs = plan.query.pairs;
    for (let pair = 0; pair < pairs; pair++) {
      const label = load<i32>(plan.query.labels + ((<usize>pair) << 2));
      const rank = rankOf(q.p + <usize>pair * widthRow, label, items);
      const ranking = index * pairs + pair;
      store<i32>(plan.ranks + ((<usize>ranking) << 2), rank);
      if (plan.listed == 0) continue;
      const list = plan.lists + ((<usize>ranking * <usize>plan.listed) << 2);
      firstItems(q.p + <usize>pair * widthRow, items, plan.listed, list);
    }
    drift(plan, plan.drift + <usize>index * 7 * 3 * 8);
  }
}

function driftOf(at: usize, before: usize, after: usize, count: i32): void {
  store<f64>(at, load<f64>(at) + squaredNorm(before, count));
  store<f64>(at, load<f64>(at, 8) + squaredNorm(after, count), 8);
  store<f64>(at, load<f64>(at, 16) + squaredDistance(before, after, count), 16);
}

/** Per tensor (wih, whh, bih, bhh, fcb, fcw after the embedding) squared norms before, after and of the change. */
function drift(plan: Plan, at: usize): void {
  place(w1, rows0, denseOf(plan.parameters), 0);
  memory.fill(at, 0, 7 * 3 * 8);
  driftOf(at, w1.embedding, w.embedding, plan.unique * embedding);
  driftOf(at + 24, w1.wih, w.wih, gates * embedding);
  driftOf(at + 48, w1.whh, w.whh, gates * hidden);
  driftOf(at + 72, w1.bih, w.bih, gates);
  driftOf(at + 96, w1.bhh, w.bhh, gates);
  driftOf(at + 120, w1.fcb, w.fcb, width);
  for (let row = 0; row < width; row += PANEL) {
    const count = min(PANEL, width - row);
    const offset = <usize>row * hiddenRow;
    let after = w.fcw + offset;
    if (low.rows > 0) {
      productTN(
        panel, after, hiddenRow, low.u + ((<usize>row) << 2), widthRow, low.v, hiddenRow, low.rows,
        0, 0, 0, 0, 0, count, hidden, low.scale,
      );
      after = panel;
    }
    driftOf(at + 144, w1.fcw + offset, after, count * hidden);
  }
}

/** Does what a plan says in the arena given, which is as large as `arenaBytes` said. */
export function run(address: usize, arena: usize): void {
  const plan = changetype<Plan>(address);
  prepare(plan, arena);
  if (plan.kind == BATCH) batch(plan);
  else if (plan.kind == ADAPT) adapt(plan);
  else chain(plan);
}
