// One task's inner loop, its exact meta-gradient and its rankings; and the gradient of a plain batch of pairs.
import {
  ADAPT, BATCH, dense, denseCore, embedding, embeddingRow, Forest, gates, gatesRow, hidden, hiddenRow, items, place,
  Plan, Weights, width, widthRow,
} from './layout';
import {
  addGradient, addHessianProduct, backward, Evaluation, logits, LowRank, Scratch, softmax, Tangent, tangents,
} from './network';
import { productTN } from './products';
import { addProductRow, addRow, copyRow, multiplyRow, squaredDistance, squaredNorm, stepRow } from './rows';
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
let allD: usize = 0;
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
  return plan.secondOrder != 0 || plan.rateGradient != 0;
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
  const rank = max(query.pairs, f.pairs * max(1, steps));
  s.p = take(<i64>unique * gates);
  s.a = take(<i64>nodes * gates);
  s.back = take(<i64>max(nodes, pairs) * hidden);
  s.rows = take(<i64>unique * embedding);
  s.mix = take(<i64>pairs * rank);
  rows0 = take(<i64>plan.unique * embedding);
  queryEvaluation = take(evaluationFloats(query) + <i64>query.pairs * (hidden + width));
  if (!batch) {
    const kept = keepsSteps(plan) ? max(1, steps) : 1;
    evaluationStride = take(0);
    evaluations = take(evaluationFloats(f));
    evaluationStride = kept > 1 ? take(0) - evaluations : 0;
    take((<i64>evaluationStride >> 2) * (kept - 1));
    allD = take(<i64>steps * f.pairs * width);
    allLast = take(<i64>steps * f.pairs * hidden);
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
  low.u = allD;
  low.v = allLast;
  low.rows = uniform ? step * plan.support.pairs : 0;
  low.scale = -plan.rate;
}

function useStep(plan: Plan, step: i32): void {
  const f = plan.support;
  const row = <usize>(step * f.pairs);
  placeEvaluation(
    e, f, evaluations + <usize>step * evaluationStride, allLast + row * hiddenRow, allD + row * widthRow,
  );
  useWeights(plan, w, step);
}

function useQuery(f: Forest): void {
  const region = queryEvaluation;
  const last = region + <usize>(evaluationFloats(f) << 2);
  placeEvaluation(q, f, region, last, last + <usize>f.pairs * hiddenRow);
}

/** theta_{step + 1} from theta_step. */
function innerStep(plan: Plan, step: i32): void {
  const f = plan.support;
  useStep(plan, step);
  logits(f, w, low, e, s);
  softmax(f, e, 0);
  backward(f, w, low, e, s);
  useWeights(plan, w1, step + 1);
  if (plan.rates == 0) {
    if (w1.embedding != w.embedding) copyRow(w1.embedding, w.embedding, plan.unique * embedding);
    addGradient(w1, w, f, w, e, s, -plan.rate, false);
  } else {
    stepGradient(plan);
    stepRow(w1.embedding, w.embedding, rates.embedding, k.embedding, plan.unique * embedding);
    stepRow(w1.wih, w.wih, rates.wih, k.wih, dense);
  }
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

  useWeights(plan, w, plan.steps);
  useQuery(query);
  logits(query, w, low, q, s);
  softmax(query, q, plan.losses);
  backward(query, w, low, q, s);
  placeBlock(plan, g, gradientBlock, 0);
  if (uniform) g.fcw = 0;
  memory.fill(g.embedding, 0, <usize>plan.unique * embeddingRow);
  addGradient(g, null, query, w, q, s, 1, !uniform);

  v0.u = q.d;
  v0.v = q.last;
  v0.rows = query.pairs;
  v0.scale = 1;
  v1.rows = 0;
  v2.rows = 0;
  if (keepsSteps(plan)) {
    for (let step = plan.steps - 1; step >= 0; step--) {
      useStep(plan, step);
      if (plan.rateGradient != 0) rateStep(plan);
      if (plan.secondOrder != 0) hessianStep(plan, step);
    }
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
  if (plan.rates == 0) {
    tangents(f, w, low, e, g, v0, v1, v2, t, s);
    addHessianProduct(g, f, w, e, g, t, s, -plan.rate, false);
    const rows = (plan.steps - step) * f.pairs;
    v1.u = allTangentD + row * widthRow;
    v1.v = allLast + row * hiddenRow;
    v1.rows = rows;
    v1.scale = -plan.rate;
    v2.u = allD + row * widthRow;
    v2.v = allTangentLast + row * hiddenRow;
    v2.rows = rows;
    v2.scale = -plan.rate;
  } else {
    placeBlock(plan, v, directionBlock, 0);
    multiplyRow(v.embedding, rates.embedding, g.embedding, plan.unique * embedding);
    multiplyRow(v.wih, rates.wih, g.wih, dense);
    tangents(f, w, low, e, v, none, none, none, t, s);
    addHessianProduct(g, f, w, e, v, t, s, -1, true);
  }
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
  useQuery(f);
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
    useQuery(plan.query);
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
