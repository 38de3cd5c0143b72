// Forward and backward pass over padded forests. A name in the singular of a level's tensor is `[W, rows of the level,
// h]`; without a word on it, h is the hidden size, e the embedding's, N the rows and P the pairs of each vector.
import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import type { PlacedForests } from './placed-forests.js';
import {
  gatherSums,
  gatherTensorRows,
  joinColumns,
  joinRows,
  outerProducts,
  product,
  splitColumns,
  splitRows,
  sumOfRows,
  transposedProduct,
} from './row-operations.js';
import type { VectorTensors } from './vectors.js';

export interface ForwardTensors {
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
export interface BackwardTensors {
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
export function evaluateForward(
  forests: PlacedForests,
  weights: VectorTensors,
  { hidden }: GruShape,
): { readonly forward: ForwardTensors; readonly scores: tf.Tensor3D } {
  const inputs = gatherTensorRows(weights.embedding, forests.inputs);
  const inputSums = tf.add<tf.Tensor3D>(product(inputs, weights.inputWeights), weights.inputBias);
  const [ofGates, ofCandidate] = splitColumns(inputSums, 2 * hidden);
  const gateInputs = splitRows(ofGates, forests.widths);
  const candidateInputs = splitRows(ofCandidate, forests.widths);
  const states: tf.Tensor3D[] = [];
  const befores: tf.Tensor3D[] = [];
  const recurrentCandidates: tf.Tensor3D[] = [];
  const gates: tf.Tensor3D[] = [];
  const candidates: tf.Tensor3D[] = [];
  for (const [level, { parents }] of forests.levels.entries()) {
    // Lists by level have an entry for each, here and below: what each `!` says.
    const above = parents === undefined ? undefined : gatherTensorRows(states[level - 1]!, parents);
    const before = above ?? forests.zeroState;
    // At a root there is only the bias, once for all rows.
    const recurrent: tf.Tensor3D =
      above === undefined
        ? weights.hiddenBias
        : tf.add(product(above, weights.hiddenWeights), weights.hiddenBias);
    const [recurrentGates, recurrentCandidate] = splitColumns(recurrent, 2 * hidden);
    const gate = tf.sigmoid<tf.Tensor3D>(tf.add(gateInputs[level]!, recurrentGates));
    const [reset, update] = splitColumns(gate, hidden);
    const candidate = tf.tanh<tf.Tensor3D>(
      tf.add(candidateInputs[level]!, tf.mul(reset, recurrentCandidate)),
    );
    states.push(tf.add(candidate, tf.mul(update, tf.sub(before, candidate))));
    befores.push(before);
    recurrentCandidates.push(
      above === undefined ? tf.add(forests.zeroState, recurrentCandidate) : recurrentCandidate,
    );
    gates.push(gate);
    candidates.push(candidate);
  }
  const ends = gatherTensorRows(joinRows(states), forests.ends);
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

/** The backward pass: what `vjp` needs, and the gradient. */
export function evaluateBackward(
  forests: PlacedForests,
  weights: VectorTensors,
  forward: ForwardTensors,
  probabilities: tf.Tensor3D,
  one: tf.Scalar,
  { hidden }: GruShape,
): { readonly backward: BackwardTensors; readonly gradient: VectorTensors } {
  const scores = tf.sub<tf.Tensor3D>(tf.mul(probabilities, forests.weights), forests.targets);
  const atEnds = gatherSums(transposedProduct(scores, weights.outputWeights), forests.pairsOfRow);
  const factors = cellFactors(forward, one, hidden);

  const direct = splitRows(atEnds, forests.widths);
  const factorsOf = splitFactors(factors, forests.widths);
  const states: tf.Tensor3D[] = [];
  const inputSums: tf.Tensor3D[] = [];
  const recurrentSums: tf.Tensor3D[] = [];
  let byBefore: tf.Tensor3D | undefined;
  for (let level = forests.levels.length - 1; level >= 0; level--) {
    const { children, parents } = forests.levels[level]!;
    const own = direct[level]!;
    const state: tf.Tensor3D =
      byBefore === undefined || children === undefined ? own : tf.add(own, gatherSums(byBefore, children));
    const factor = factorsOf(level);
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

function cellFactors(forward: ForwardTensors, one: tf.Scalar, hidden: number): CellFactors {
  const { gates, candidate, before, recurrentCandidate } = forward;
  const keep = tf.sub<tf.Tensor3D>(one, gates);
  // sigmoid' of both gates.
  const [resetSlope, updateSlope] = splitColumns(tf.mul(gates, keep), hidden);
  const [, keepCandidate] = splitColumns(keep, hidden);
  const [resetGate, updateGate] = splitColumns(gates, hidden);
  return {
    candidate: tf.mul(keepCandidate, tf.sub(one, tf.square(candidate))),
    reset: tf.mul(recurrentCandidate, resetSlope),
    update: tf.mul(tf.sub(before, candidate), updateSlope),
    resetGate,
    updateGate,
  };
}

/** The factors level by level. */
export function splitFactors(
  factors: CellFactors,
  widths: readonly number[],
): (level: number) => CellFactors {
  const candidate = splitRows(factors.candidate, widths);
  const reset = splitRows(factors.reset, widths);
  const update = splitRows(factors.update, widths);
  const resetGate = splitRows(factors.resetGate, widths);
  const updateGate = splitRows(factors.updateGate, widths);
  return (level) => ({
    candidate: candidate[level]!,
    reset: reset[level]!,
    update: update[level]!,
    resetGate: resetGate[level]!,
    updateGate: updateGate[level]!,
  });
}
