// Forward and backward pass over padded forests. A name in the singular of a level's tensor is `[W, rows of the level,
// h]`; without a word on it, h is the hidden size, e the embedding's, N the rows and P the pairs of each vector.
import * as tf from '@tensorflow/tfjs-core';
import type { ModelShape } from '../../../model/model-shape.js';
import type { PlacedForests } from './placed-forests.js';
import {
  columnsOf,
  gatherRows,
  gatherSums,
  joinColumns,
  joinRows,
  outerProducts,
  product,
  rowsOf,
  sumOfRows,
  transposedProduct,
} from './row-operations.js';
import type { VectorTensors } from './vectors.js';

export interface Forward {
  /** `[W, N, e]` the embedded items. */
  readonly inputs: tf.Tensor3D;
  /** `[W, N, h]` the state before each row's item. */
  readonly before: tf.Tensor3D;
  /** `[W, N, h]` the part of `Whh * before + bhh` that the reset gate multiplies. */
  readonly recurrentCandidate: tf.Tensor3D;
  /** `[W, N, 2h]` reset and update gate. */
  readonly gates: tf.Tensor3D;
  /** `[W, N, h]` */
  readonly candidate: tf.Tensor3D;
  /** `[W, P, h]` the state at the end of each pair's prefix. */
  readonly ends: tf.Tensor3D;
}

/** What the tangent of the backward pass needs of the pass; derivatives are those of the weighted loss. */
export interface Backward {
  /** `[W, P, V]` softmax of the scores. */
  readonly probabilities: tf.Tensor3D;
  /** `[W, P, V]` by the scores. */
  readonly scores: tf.Tensor3D;
  /** `[W, N, h]` by each row's state. */
  readonly states: tf.Tensor3D;
  /** `[W, N, 3h]` by `Wih * inputs + bih`. */
  readonly inputSums: tf.Tensor3D;
  /** `[W, N, 3h]` by `Whh * before + bhh`. */
  readonly recurrentSums: tf.Tensor3D;
  /** What a row's derivatives are, given that by its state. */
  readonly factors: CellFactors;
}

/** `[W, N, h]` each. */
export interface CellFactors {
  /** From the state to the sum that the candidate is the tanh of. */
  readonly candidate: tf.Tensor3D;
  /** From that sum to the reset gate's. */
  readonly reset: tf.Tensor3D;
  /** From the state to the update gate's sum. */
  readonly update: tf.Tensor3D;
  readonly resetGate: tf.Tensor3D;
  readonly updateGate: tf.Tensor3D;
}

/** The forward pass at `weights`, and the scores `[W, P, V]`. */
export function forwardPass(
  forests: PlacedForests,
  weights: VectorTensors,
  { hidden }: ModelShape,
): { readonly forward: Forward; readonly scores: tf.Tensor3D } {
  const inputs = gatherRows(weights.embedding, forests.inputs);
  const inputSums = tf.add<tf.Tensor3D>(product(inputs, weights.inputWeights), weights.inputBias);
  const states: tf.Tensor3D[] = [];
  const befores: tf.Tensor3D[] = [];
  const recurrentCandidates: tf.Tensor3D[] = [];
  const gates: tf.Tensor3D[] = [];
  const candidates: tf.Tensor3D[] = [];
  for (const { from, width, parents } of forests.levels) {
    const above = states.at(-1);
    const before =
      above === undefined || parents === undefined ? forests.zeroState : gatherRows(above, parents);
    const recurrent: tf.Tensor3D =
      above === undefined
        ? weights.hiddenBias
        : tf.add(product(before, weights.hiddenWeights), weights.hiddenBias);
    // At a root there is only the bias, once for all rows.
    const recurrentCandidate = columnsOf(recurrent, 2 * hidden, hidden);
    const gate = tf.sigmoid<tf.Tensor3D>(
      tf.add(columnsOf(inputSums, 0, 2 * hidden, from, width), columnsOf(recurrent, 0, 2 * hidden)),
    );
    const candidate = tf.tanh<tf.Tensor3D>(
      tf.add(
        columnsOf(inputSums, 2 * hidden, hidden, from, width),
        tf.mul(columnsOf(gate, 0, hidden), recurrentCandidate),
      ),
    );
    const update = columnsOf(gate, hidden, hidden);
    states.push(tf.add(candidate, tf.mul(update, tf.sub(before, candidate))));
    befores.push(before);
    recurrentCandidates.push(
      above === undefined ? tf.add(forests.zeroState, recurrentCandidate) : recurrentCandidate,
    );
    gates.push(gate);
    candidates.push(candidate);
  }
  const ends = gatherRows(joinRows(states), forests.ends);
  return {
    forward: {
      inputs,
      before: joinRows(befores),
      recurrentCandidate: joinRows(recurrentCandidates),
      gates: joinRows(gates),
      candidate: joinRows(candidates),
      ends,
    },
    scores: tf.add(product(ends, weights.outputWeights), weights.outputBias),
  };
}

/** `[pairs]` each pair's unweighted loss, and `[W, P, V]` softmax of the scores. */
export function softmaxLoss(
  forests: PlacedForests,
  scores: tf.Tensor3D,
): { readonly losses: tf.Tensor1D; readonly probabilities: tf.Tensor3D } {
  const highest = tf.max<tf.Tensor3D>(scores, 2, true);
  const powers = tf.exp<tf.Tensor3D>(tf.sub(scores, highest));
  const sums = tf.sum<tf.Tensor3D>(powers, 2, true);
  const atLabels = tf.gather(tf.reshape<tf.Rank.R1>(scores, [-1]), forests.labelScores);
  const losses = tf.sub<tf.Tensor1D>(tf.reshape(tf.add(highest, tf.log(sums)), [-1]), atLabels);
  return { losses: tf.gather(losses, forests.placeOfPair), probabilities: tf.div(powers, sums) };
}

/** The backward pass: what `pullBack` needs, and the gradient. */
export function backwardPass(
  forests: PlacedForests,
  weights: VectorTensors,
  forward: Forward,
  probabilities: tf.Tensor3D,
  one: tf.Scalar,
  { hidden }: ModelShape,
): { readonly backward: Backward; readonly gradient: VectorTensors } {
  const scores = tf.sub<tf.Tensor3D>(tf.mul(probabilities, forests.weights), forests.targets);
  const atEnds = gatherSums(transposedProduct(scores, weights.outputWeights), forests.pairsOfRow);
  const factors = cellFactors(forward, one, hidden);

  const states: tf.Tensor3D[] = [];
  const inputSums: tf.Tensor3D[] = [];
  const recurrentSums: tf.Tensor3D[] = [];
  let byBefore: tf.Tensor3D | undefined;
  for (const { from, width, children, parents } of forests.levels.toReversed()) {
    const own = rowsOf(atEnds, from, width);
    const state: tf.Tensor3D =
      byBefore === undefined || children === undefined ? own : tf.add(own, gatherSums(byBefore, children));
    const factor = levelOf(factors, from, width);
    const candidateSum = tf.mul<tf.Tensor3D>(state, factor.candidate);
    const resetSum = tf.mul<tf.Tensor3D>(candidateSum, factor.reset);
    const updateSum = tf.mul<tf.Tensor3D>(state, factor.update);
    const recurrentSum = joinColumns(resetSum, updateSum, tf.mul(candidateSum, factor.resetGate));
    states.unshift(state);
    inputSums.unshift(joinColumns(resetSum, updateSum, candidateSum));
    recurrentSums.unshift(recurrentSum);
    if (parents === undefined) continue;
    byBefore = tf.add(
      transposedProduct(recurrentSum, weights.hiddenWeights),
      tf.mul(state, factor.updateGate),
    );
  }
  const backward = {
    probabilities,
    scores,
    states: joinRows(states),
    inputSums: joinRows(inputSums),
    recurrentSums: joinRows(recurrentSums),
    factors,
  };
  return {
    backward,
    gradient: {
      embedding: gatherSums(transposedProduct(backward.inputSums, weights.inputWeights), forests.rowsOfSlot),
      inputWeights: outerProducts(backward.inputSums, forward.inputs),
      hiddenWeights: outerProducts(backward.recurrentSums, forward.before),
      inputBias: sumOfRows(backward.inputSums),
      hiddenBias: sumOfRows(backward.recurrentSums),
      outputWeights: outerProducts(scores, forward.ends),
      outputBias: sumOfRows(scores),
    },
  };
}

function cellFactors(forward: Forward, one: tf.Scalar, hidden: number): CellFactors {
  const { gates, candidate, before, recurrentCandidate } = forward;
  const keep = tf.sub<tf.Tensor3D>(one, gates);
  // sigmoid' of both gates.
  const slopes = tf.mul<tf.Tensor3D>(gates, keep);
  return {
    candidate: tf.mul(columnsOf(keep, hidden, hidden), tf.sub(one, tf.square(candidate))),
    reset: tf.mul(recurrentCandidate, columnsOf(slopes, 0, hidden)),
    update: tf.mul(tf.sub(before, candidate), columnsOf(slopes, hidden, hidden)),
    resetGate: columnsOf(gates, 0, hidden),
    updateGate: columnsOf(gates, hidden, hidden),
  };
}

/** The factors of one level. */
export function levelOf(factors: CellFactors, from: number, width: number): CellFactors {
  return {
    candidate: rowsOf(factors.candidate, from, width),
    reset: rowsOf(factors.reset, from, width),
    update: rowsOf(factors.update, from, width),
    resetGate: rowsOf(factors.resetGate, from, width),
    updateGate: rowsOf(factors.updateGate, from, width),
  };
}
