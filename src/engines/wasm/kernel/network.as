// The recommender on a prefix forest: loss, gradient, and their tangents in a direction.
import { cellBackward, cellBackwardTangent, cellForward, cellForwardTangent } from './cell';
import {
  embedding, embeddingRow, Forest, gates, gatesRow, hidden, hiddenRow, items, Weights, width, widthRow,
} from './layout';
import { productNN, productNT, productTN } from './products';
import { addColumnSums, addRow, clearRow, copyRow } from './rows';
import { lossGradientRow, lossGradientTangentRow, softmaxLoss } from './softmax';

/** What one evaluation keeps for its derivative and for the derivative's tangent. */
@unmanaged
export class Evaluation {
  /** [nodes x 4 hidden] r, z, n, m */
  gates: usize;
  /** [nodes x hidden] */
  h: usize;
  /** [nodes - roots x hidden] the parent's h */
  before: usize;
  /** Gradients: by h, by the hidden projection, by the new-gate's argument [nodes], by the input projection [unique]. */
  dh: usize;
  da: usize;
  dn: usize;
  dp: usize;
  /** [pairs x width] probabilities */
  p: usize;
  /** [pairs x hidden] h at the pairs, and [pairs x width] the gradient by their logits */
  last: usize;
  d: usize;
}

/** Tangents of what `Evaluation` holds. */
@unmanaged
export class Tangent {
  gates: usize;
  h: usize;
  before: usize;
  dh: usize;
  da: usize;
  dp: usize;
  last: usize;
  d: usize;
}

/** Room that lives for one call only. */
@unmanaged
export class Scratch {
  /** [unique x gates] */
  p: usize;
  /** [nodes x gates] */
  a: usize;
  /** [max(nodes, pairs) x hidden] */
  back: usize;
  /** [unique x embedding] */
  rows: usize;
  /** [pairs x rank] */
  mix: usize;
}

/**
 * A sum of outer products, `scale * u^T v`, that is never multiplied out: what the inner steps change of fc.weight
 * has one term for each pair and step.
 */
@unmanaged
export class LowRank {
  /** [rows x width] */
  u: usize;
  /** [rows x hidden] */
  v: usize;
  rows: i32;
  scale: f32;
}

/** c[pairs x width] += x[pairs x hidden] (low rank)^T */
function applyLowRank(c: usize, x: usize, low: LowRank, pairs: i32, mix: usize): void {
  if (low.rows == 0) return;
  const stride = (<usize>low.rows) << 2;
  productNT(mix, stride, x, hiddenRow, low.v, hiddenRow, pairs, low.rows, hidden, 1, false);
  productNN(c, widthRow, mix, stride, low.u, widthRow, pairs, width, low.rows, low.scale, true);
}

/** c[pairs x hidden] += d[pairs x width] (low rank) */
function applyLowRankBack(c: usize, d: usize, low: LowRank, pairs: i32, mix: usize): void {
  if (low.rows == 0) return;
  const stride = (<usize>low.rows) << 2;
  productNT(mix, stride, d, widthRow, low.u, widthRow, pairs, low.rows, width, 1, false);
  productNN(c, hiddenRow, mix, stride, low.v, hiddenRow, pairs, hidden, low.rows, low.scale, true);
}

@inline
function word(base: usize, index: i32): i32 {
  return load<i32>(base + ((<usize>index) << 2));
}

/** h at every node and the logits of every pair (in `e.p`). */
export function logits(f: Forest, w: Weights, low: LowRank, e: Evaluation, s: Scratch): void {
  const own = w.embedding + <usize>f.first * embeddingRow;
  for (let i = 0; i < f.unique; i++) copyRow(s.p + <usize>i * gatesRow, w.bih, gates);
  productNT(s.p, gatesRow, own, embeddingRow, w.wih, embeddingRow, f.unique, gates, embedding, 1, true);
  for (let level = 0; level < f.levels; level++) {
    const from = word(f.levelOffsets, level);
    const to = word(f.levelOffsets, level + 1);
    if (level > 0) {
      for (let node = from; node < to; node++) {
        const parent = e.h + <usize>word(f.parents, node) * hiddenRow;
        copyRow(e.before + <usize>(node - f.roots) * hiddenRow, parent, hidden);
      }
      const before = e.before + <usize>(from - f.roots) * hiddenRow;
      const a = s.a + <usize>from * gatesRow;
      productNT(a, gatesRow, before, hiddenRow, w.whh, hiddenRow, to - from, gates, hidden, 1, false);
    }
    for (let node = from; node < to; node++) {
      cellForward(
        e.h + <usize>node * hiddenRow,
        e.gates + <usize>node * 4 * hiddenRow,
        s.p + <usize>word(f.items, node) * gatesRow,
        s.a + <usize>node * gatesRow,
        w.bhh,
        level > 0 ? e.before + <usize>(node - f.roots) * hiddenRow : 0,
        hidden,
      );
    }
  }
  for (let pair = 0; pair < f.pairs; pair++) {
    copyRow(e.last + <usize>pair * hiddenRow, e.h + <usize>word(f.nodeOfPair, pair) * hiddenRow, hidden);
  }
  productNT(e.p, widthRow, e.last, hiddenRow, w.fcw, hiddenRow, f.pairs, width, hidden, 1, false);
  applyLowRank(e.p, e.last, low, f.pairs, s.mix);
  for (let pair = 0; pair < f.pairs; pair++) addRow(e.p + <usize>pair * widthRow, w.fcb, width, 1);
}

/** Logits to probabilities; losses go to `losses` (f64) unless it is 0. */
export function softmax(f: Forest, e: Evaluation, losses: usize): void {
  for (let pair = 0; pair < f.pairs; pair++) {
    const loss = softmaxLoss(e.p + <usize>pair * widthRow, word(f.labels, pair), items, width);
    if (losses != 0) store<f64>(losses + ((<usize>pair) << 3), loss);
  }
}

/** All that the weights' gradients are products of. */
export function backward(f: Forest, w: Weights, low: LowRank, e: Evaluation, s: Scratch): void {
  for (let pair = 0; pair < f.pairs; pair++) {
    const row = <usize>pair * widthRow;
    lossGradientRow(e.d + row, e.p + row, word(f.labels, pair), load<f32>(f.weights + ((<usize>pair) << 2)), width);
  }
  productNN(s.back, hiddenRow, e.d, widthRow, w.fcw, hiddenRow, f.pairs, hidden, width, 1, false);
  applyLowRankBack(s.back, e.d, low, f.pairs, s.mix);
  clearRow(e.dh, f.nodes * hidden);
  for (let pair = 0; pair < f.pairs; pair++) {
    addRow(e.dh + <usize>word(f.nodeOfPair, pair) * hiddenRow, s.back + <usize>pair * hiddenRow, hidden, 1);
  }
  clearRow(e.dp, f.unique * gates);
  for (let level = f.levels - 1; level >= 0; level--) {
    const from = word(f.levelOffsets, level);
    const to = word(f.levelOffsets, level + 1);
    for (let node = from; node < to; node++) {
      cellBackward(
        e.da + <usize>node * gatesRow,
        e.dn + <usize>node * hiddenRow,
        e.dp + <usize>word(f.items, node) * gatesRow,
        level > 0 ? e.dh + <usize>word(f.parents, node) * hiddenRow : 0,
        e.dh + <usize>node * hiddenRow,
        e.gates + <usize>node * 4 * hiddenRow,
        level > 0 ? e.before + <usize>(node - f.roots) * hiddenRow : 0,
        hidden,
      );
    }
    if (level == 0) break;
    const da = e.da + <usize>from * gatesRow;
    productNN(s.back, hiddenRow, da, gatesRow, w.whh, hiddenRow, to - from, hidden, gates, 1, false);
    for (let node = from; node < to; node++) {
      const parent = e.dh + <usize>word(f.parents, node) * hiddenRow;
      addRow(parent, s.back + <usize>(node - from) * hiddenRow, hidden, 1);
    }
  }
}

/**
 * to = base + scale * gradient (`base` null for zeros), fc.weight only if `withOutput`; the embedding's gradient is
 * added to what stands in `to`. `to` may be `base`, and both may be `w`.
 */
export function addGradient(
  to: Weights, base: Weights | null, f: Forest, w: Weights, e: Evaluation, s: Scratch, scale: f32, withOutput: bool,
): void {
  const offset = <usize>f.first * embeddingRow;
  productNN(s.rows, embeddingRow, e.dp, gatesRow, w.wih, embeddingRow, f.unique, embedding, gates, 1, false);
  const from = base !== null;
  productTN(
    to.wih, from ? base!.wih : 0, embeddingRow,
    e.dp, gatesRow, w.embedding + offset, embeddingRow, f.unique, 0, 0, 0, 0, 0, gates, embedding, scale,
  );
  productTN(
    to.whh, from ? base!.whh : 0, hiddenRow,
    e.da + <usize>f.roots * gatesRow, gatesRow, e.before, hiddenRow, f.nodes - f.roots,
    0, 0, 0, 0, 0, gates, hidden, scale,
  );
  addColumnSums(to.bih, from ? base!.bih : 0, e.dp, f.unique, gates, scale);
  addColumnSums(to.bhh, from ? base!.bhh : 0, e.da, f.nodes, gates, scale);
  addColumnSums(to.fcb, from ? base!.fcb : 0, e.d, f.pairs, width, scale);
  if (withOutput) {
    productTN(
      to.fcw, from ? base!.fcw : 0, hiddenRow,
      e.d, widthRow, e.last, hiddenRow, f.pairs, 0, 0, 0, 0, 0, width, hidden, scale,
    );
  }
  addRow(to.embedding + offset, s.rows, f.unique * embedding, scale);
}

/**
 * The tangent of `logits`, `softmax` and `backward` in direction v: forward over reverse, so that `t` holds what the
 * Hessian-vector product is made of. The direction's fc.weight is `v.fcw` if `v.fcw` is not 0, else the sum of the
 * three low-rank terms.
 */
export function tangents(
  f: Forest, w: Weights, low: LowRank, e: Evaluation,
  v: Weights, v0: LowRank, v1: LowRank, v2: LowRank, t: Tangent, s: Scratch,
): void {
  const offset = <usize>f.first * embeddingRow;
  const inner = f.nodes - f.roots;
  for (let i = 0; i < f.unique; i++) copyRow(s.p + <usize>i * gatesRow, v.bih, gates);
  productNT(
    s.p, gatesRow, v.embedding + offset, embeddingRow, w.wih, embeddingRow, f.unique, gates, embedding, 1, true,
  );
  productNT(
    s.p, gatesRow, w.embedding + offset, embeddingRow, v.wih, embeddingRow, f.unique, gates, embedding, 1, true,
  );
  const hiddenPart = s.a + <usize>f.roots * gatesRow;
  productNT(hiddenPart, gatesRow, e.before, hiddenRow, v.whh, hiddenRow, inner, gates, hidden, 1, false);
  for (let level = 0; level < f.levels; level++) {
    const from = word(f.levelOffsets, level);
    const to = word(f.levelOffsets, level + 1);
    if (level > 0) {
      for (let node = from; node < to; node++) {
        const parent = t.h + <usize>word(f.parents, node) * hiddenRow;
        copyRow(t.before + <usize>(node - f.roots) * hiddenRow, parent, hidden);
      }
      const before = t.before + <usize>(from - f.roots) * hiddenRow;
      const a = s.a + <usize>from * gatesRow;
      productNT(a, gatesRow, before, hiddenRow, w.whh, hiddenRow, to - from, gates, hidden, 1, true);
    }
    for (let node = from; node < to; node++) {
      const row = <usize>(node - f.roots) * hiddenRow;
      cellForwardTangent(
        t.h + <usize>node * hiddenRow,
        t.gates + <usize>node * 4 * hiddenRow,
        s.p + <usize>word(f.items, node) * gatesRow,
        s.a + <usize>node * gatesRow,
        v.bhh,
        level > 0 ? t.before + row : 0,
        e.gates + <usize>node * 4 * hiddenRow,
        level > 0 ? e.before + row : 0,
        hidden,
      );
    }
  }
  for (let pair = 0; pair < f.pairs; pair++) {
    copyRow(t.last + <usize>pair * hiddenRow, t.h + <usize>word(f.nodeOfPair, pair) * hiddenRow, hidden);
  }
  productNT(t.d, widthRow, t.last, hiddenRow, w.fcw, hiddenRow, f.pairs, width, hidden, 1, false);
  applyLowRank(t.d, t.last, low, f.pairs, s.mix);
  if (v.fcw != 0) {
    productNT(t.d, widthRow, e.last, hiddenRow, v.fcw, hiddenRow, f.pairs, width, hidden, 1, true);
  } else {
    applyLowRank(t.d, e.last, v0, f.pairs, s.mix);
    applyLowRank(t.d, e.last, v1, f.pairs, s.mix);
    applyLowRank(t.d, e.last, v2, f.pairs, s.mix);
  }
  for (let pair = 0; pair < f.pairs; pair++) {
    const row = <usize>pair * widthRow;
    addRow(t.d + row, v.fcb, width, 1);
    lossGradientTangentRow(t.d + row, e.p + row, load<f32>(f.weights + ((<usize>pair) << 2)), width);
  }

  productNN(s.back, hiddenRow, t.d, widthRow, w.fcw, hiddenRow, f.pairs, hidden, width, 1, false);
  applyLowRankBack(s.back, t.d, low, f.pairs, s.mix);
  if (v.fcw != 0) {
    productNN(s.back, hiddenRow, e.d, widthRow, v.fcw, hiddenRow, f.pairs, hidden, width, 1, true);
  } else {
    applyLowRankBack(s.back, e.d, v0, f.pairs, s.mix);
    applyLowRankBack(s.back, e.d, v1, f.pairs, s.mix);
    applyLowRankBack(s.back, e.d, v2, f.pairs, s.mix);
  }
  clearRow(t.dh, f.nodes * hidden);
  for (let pair = 0; pair < f.pairs; pair++) {
    addRow(t.dh + <usize>word(f.nodeOfPair, pair) * hiddenRow, s.back + <usize>pair * hiddenRow, hidden, 1);
  }
  clearRow(t.dp, f.unique * gates);
  const da = e.da + <usize>f.roots * gatesRow;
  productNN(s.back, hiddenRow, da, gatesRow, v.whh, hiddenRow, inner, hidden, gates, 1, false);
  for (let level = f.levels - 1; level >= 0; level--) {
    const from = word(f.levelOffsets, level);
    const to = word(f.levelOffsets, level + 1);
    for (let node = from; node < to; node++) {
      const row = <usize>(node - f.roots) * hiddenRow;
      cellBackwardTangent(
        t.da + <usize>node * gatesRow,
        t.dp + <usize>word(f.items, node) * gatesRow,
        level > 0 ? t.dh + <usize>word(f.parents, node) * hiddenRow : 0,
        t.dh + <usize>node * hiddenRow,
        e.dh + <usize>node * hiddenRow,
        e.dn + <usize>node * hiddenRow,
        e.gates + <usize>node * 4 * hiddenRow,
        t.gates + <usize>node * 4 * hiddenRow,
        level > 0 ? e.before + row : 0,
        level > 0 ? t.before + row : 0,
        hidden,
      );
    }
    if (level == 0) break;
    const back = s.back + <usize>(from - f.roots) * hiddenRow;
    const tda = t.da + <usize>from * gatesRow;
    productNN(back, hiddenRow, tda, gatesRow, w.whh, hiddenRow, to - from, hidden, gates, 1, true);
    for (let node = from; node < to; node++) {
      const parent = t.dh + <usize>word(f.parents, node) * hiddenRow;
      addRow(parent, back + <usize>(node - from) * hiddenRow, hidden, 1);
    }
  }
}

/** to += scale * (Hessian-vector product) of what `tangents` left; `v` may be `to`, whose old values then count. */
export function addHessianProduct(
  to: Weights, f: Forest, w: Weights, e: Evaluation, v: Weights, t: Tangent, s: Scratch, scale: f32, withOutput: bool,
): void {
  const offset = <usize>f.first * embeddingRow;
  productNN(s.rows, embeddingRow, t.dp, gatesRow, w.wih, embeddingRow, f.unique, embedding, gates, 1, false);
  productNN(s.rows, embeddingRow, e.dp, gatesRow, v.wih, embeddingRow, f.unique, embedding, gates, 1, true);
  productTN(
    to.wih, to.wih, embeddingRow,
    t.dp, gatesRow, w.embedding + offset, embeddingRow, f.unique,
    e.dp, gatesRow, v.embedding + offset, embeddingRow, f.unique, gates, embedding, scale,
  );
  const skip = <usize>f.roots * gatesRow;
  productTN(
    to.whh, to.whh, hiddenRow,
    t.da + skip, gatesRow, e.before, hiddenRow, f.nodes - f.roots,
    e.da + skip, gatesRow, t.before, hiddenRow, f.nodes - f.roots, gates, hidden, scale,
  );
  addColumnSums(to.bih, to.bih, t.dp, f.unique, gates, scale);
  addColumnSums(to.bhh, to.bhh, t.da, f.nodes, gates, scale);
  addColumnSums(to.fcb, to.fcb, t.d, f.pairs, width, scale);
  if (withOutput) {
    productTN(
      to.fcw, to.fcw, hiddenRow,
      t.d, widthRow, e.last, hiddenRow, f.pairs, e.d, widthRow, t.last, hiddenRow, f.pairs, width, hidden, scale,
    );
  }
  addRow(to.embedding + offset, s.rows, f.unique * embedding, scale);
}
