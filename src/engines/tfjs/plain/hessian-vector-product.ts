// Forward over reverse: every line of both passes differentiated in one direction. Names are those of evaluate.ts; a
// `tangent` is the derivative of the value of that name in the direction. Whatever does not hang on the recursion over
// levels is computed for all rows at once.
import * as tf from '@tensorflow/tfjs-core';
import type { GruShape } from '../../../model/gru/gru-shape.js';
import { type BackwardTensors, type ForwardTensors, splitFactors } from './evaluate.js';
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

interface Tangents {
  /** `[W, N, e]` */
  readonly inputs: tf.Tensor3D;
  /** `[W, N, h]` each, but for the gates' `[W, N, 2h]`. */
  readonly before: tf.Tensor3D;
  readonly recurrentCandidate: tf.Tensor3D;
  readonly gates: tf.Tensor3D;
  readonly candidate: tf.Tensor3D;
  /** `[W, P, h]` */
  readonly ends: tf.Tensor3D;
  /** `[W, P, V]` */
  readonly scores: tf.Tensor3D;
}

/**
 * The Hessian of the weighted loss at `weights` times `along`, exactly; `forward` and `backward` are the passes there.
 */
export function hessianVectorProduct(
  forests: PlacedForests,
  weights: VectorTensors,
  forward: ForwardTensors,
  backward: BackwardTensors,
  along: VectorTensors,
  one: tf.Scalar,
  shape: GruShape,
): VectorTensors {
  const tangents = tangentsOf(forests, weights, forward, along, one, shape);
  const { hidden } = shape;

  const mean = tf.sum<tf.Tensor3D>(tf.mul(backward.probabilities, tangents.scores), 2, true);
  const scores = tf.mul<tf.Tensor3D>(
    tf.mul(backward.probabilities, tf.sub(tangents.scores, mean)),
    forests.weights,
  );
  const atEnds = gatherSums(
    tf.add(
      transposedProduct(scores, weights.outputWeights),
      transposedProduct(backward.scores, along.outputWeights),
    ),
    forests.pairsOfRow,
  );

  const rest = tangentsWithoutState(forward, backward, tangents, along, one, hidden);
  const direct = splitRows(atEnds, forests.widths);
  const factorsOf = splitFactors(backward.factors, forests.widths);
  const candidateRest = splitRows(rest.candidateSum, forests.widths);
  const resetRest = splitRows(rest.resetSum, forests.widths);
  const updateRest = splitRows(rest.updateSum, forests.widths);
  const recurrentRest = splitRows(rest.recurrentCandidate, forests.widths);
  const beforeRest = splitRows(rest.before, forests.widths);
  const inputSums: tf.Tensor3D[] = [];
  const recurrentSums: tf.Tensor3D[] = [];
  let byBefore: tf.Tensor3D | undefined;
  for (let level = forests.levels.length - 1; level >= 0; level--) {
    // Lists by level have an entry for each, here and below: what each `!` says.
    const { children, parents } = forests.levels[level]!;
    const own = direct[level]!;
    const state: tf.Tensor3D =
      byBefore === undefined || children === undefined ? own : tf.add(own, gatherSums(byBefore, children));
    const factor = factorsOf(level);
    const candidateSum = tf.add<tf.Tensor3D>(tf.mul(state, factor.candidate), candidateRest[level]!);
    const resetSum = tf.add<tf.Tensor3D>(tf.mul(candidateSum, factor.reset), resetRest[level]!);
    const updateSum = tf.add<tf.Tensor3D>(tf.mul(state, factor.update), updateRest[level]!);
    const recurrentSum = joinColumns(
      resetSum,
      updateSum,
      tf.add(tf.mul(candidateSum, factor.resetGate), recurrentRest[level]!),
    );
    inputSums.unshift(joinColumns(resetSum, updateSum, candidateSum));
    recurrentSums.unshift(recurrentSum);
    if (parents === undefined) continue;
    byBefore = tf.addN([
      transposedProduct(recurrentSum, weights.hiddenWeights),
      tf.mul(state, factor.updateGate),
      beforeRest[level]!,
    ]);
  }
  const byInput = joinRows(inputSums);
  const byRecurrent = joinRows(recurrentSums);
  return {
    embedding: gatherSums(
      tf.add(
        transposedProduct(byInput, weights.inputWeights),
        transposedProduct(backward.inputSums, along.inputWeights),
      ),
      forests.rowsOfSlot,
    ),
    inputWeights: tf.add(
      outerProducts(byInput, forward.inputs),
      outerProducts(backward.inputSums, tangents.inputs),
    ),
    hiddenWeights: tf.add(
      outerProducts(byRecurrent, forward.before),
      outerProducts(backward.recurrentSums, tangents.before),
    ),
    inputBias: sumOfRows(byInput),
    hiddenBias: sumOfRows(byRecurrent),
    outputWeights: tf.add(outerProducts(scores, forward.ends), outerProducts(backward.scores, tangents.ends)),
    outputBias: sumOfRows(scores),
  };
}

/** The tangent of the forward pass. */
function tangentsOf(
  forests: PlacedForests,
  weights: VectorTensors,
  forward: ForwardTensors,
  along: VectorTensors,
  one: tf.Scalar,
  { hidden }: GruShape,
): Tangents {
  const { gates, candidate, before, recurrentCandidate } = forward;
  const inputs = gatherTensorRows(along.embedding, forests.inputs);
  const inputSums = tf.add<tf.Tensor3D>(
    tf.add(product(forward.inputs, along.inputWeights), product(inputs, weights.inputWeights)),
    along.inputBias,
  );
  // What the direction alone adds to the recurrent sums; the state's own tangent comes level by level.
  const recurrentSums = tf.add<tf.Tensor3D>(product(before, along.hiddenWeights), along.hiddenBias);
  const keepGates = tf.sub<tf.Tensor3D>(one, gates);
  const [resetGates, updateGates] = splitColumns(gates, hidden);
  const split = (all: tf.Tensor3D) => splitRows(all, forests.widths);
  const [ofGates, ofCandidate] = splitColumns(inputSums, 2 * hidden);
  const gateInputs = split(ofGates);
  const candidateInputs = split(ofCandidate);
  const direct = split(recurrentSums);
  const gateSlopes = split(tf.mul(gates, keepGates));
  const candidateSlopes = split(tf.sub(one, tf.square(candidate)));
  const recurrentValues = split(recurrentCandidate);
  const reset = split(resetGates);
  const update = split(updateGates);
  const keep = split(splitColumns(keepGates, hidden)[1]);
  const change = split(tf.sub(before, candidate));

  const befores: tf.Tensor3D[] = [];
  const recurrentCandidates: tf.Tensor3D[] = [];
  const gateTangents: tf.Tensor3D[] = [];
  const candidates: tf.Tensor3D[] = [];
  const states: tf.Tensor3D[] = [];
  for (const [level, { parents }] of forests.levels.entries()) {
    const inherited = parents === undefined ? undefined : gatherTensorRows(states[level - 1]!, parents);
    const recurrent: tf.Tensor3D =
      inherited === undefined
        ? direct[level]!
        : tf.add(direct[level]!, product(inherited, weights.hiddenWeights));
    const [recurrentGates, ofRecurrent] = splitColumns(recurrent, 2 * hidden);
    const gateTangent = tf.mul<tf.Tensor3D>(gateSlopes[level]!, tf.add(gateInputs[level]!, recurrentGates));
    const [resetTangent, updateTangent] = splitColumns(gateTangent, hidden);
    const candidateTangent = tf.mul<tf.Tensor3D>(
      candidateSlopes[level]!,
      tf.addN([
        candidateInputs[level]!,
        tf.mul(resetTangent, recurrentValues[level]!),
        tf.mul(reset[level]!, ofRecurrent),
      ]),
    );
    states.push(
      tf.addN([
        tf.mul<tf.Tensor3D>(updateTangent, change[level]!),
        tf.mul<tf.Tensor3D>(keep[level]!, candidateTangent),
        ...(inherited === undefined ? [] : [tf.mul<tf.Tensor3D>(update[level]!, inherited)]),
      ]),
    );
    befores.push(inherited ?? forests.zeroState);
    recurrentCandidates.push(ofRecurrent);
    gateTangents.push(gateTangent);
    candidates.push(candidateTangent);
  }
  const ends = gatherTensorRows(joinRows(states), forests.ends);
  return {
    inputs,
    before: joinRows(befores),
    recurrentCandidate: joinRows(recurrentCandidates),
    gates: joinRows(gateTangents),
    candidate: joinRows(candidates),
    ends,
    scores: tf.add(
      tf.add(product(forward.ends, along.outputWeights), product(ends, weights.outputWeights)),
      along.outputBias,
    ),
  };
}

/**
 * The part of each tangent of the backward pass over the cell that does not hang on the tangent of the derivative by
 * the row's state: `[W, N, h]` each.
 */
function tangentsWithoutState(
  forward: ForwardTensors,
  backward: BackwardTensors,
  tangents: Tangents,
  along: VectorTensors,
  one: tf.Scalar,
  hidden: number,
) {
  const { gates, candidate, before, recurrentCandidate } = forward;
  const { states } = backward;
  const [, candidateSums] = splitColumns(backward.inputSums, 2 * hidden);
  const [resetTangent, updateTangent] = splitColumns(tangents.gates, hidden);
  const keepGates = tf.sub<tf.Tensor3D>(one, gates);
  const [, keep] = splitColumns(keepGates, hidden);
  const [resetSlope, updateSlope] = splitColumns(tf.mul(gates, keepGates), hidden);
  // Derivative of g (1 - g) in the direction.
  const [resetSlopeTangent, updateSlopeTangent] = splitColumns(
    tf.mul(tf.sub(keepGates, gates), tangents.gates),
    hidden,
  );
  const byUpdate = tf.mul<tf.Tensor3D>(states, updateTangent);
  const half = tf.mul<tf.Tensor3D>(candidate, tangents.candidate);
  return {
    candidateSum: tf.neg<tf.Tensor3D>(
      tf.add(
        tf.mul(byUpdate, tf.sub(one, tf.square(candidate))),
        tf.mul(tf.mul(states, keep), tf.add(half, half)),
      ),
    ),
    resetSum: tf.mul<tf.Tensor3D>(
      candidateSums,
      tf.add(tf.mul(tangents.recurrentCandidate, resetSlope), tf.mul(recurrentCandidate, resetSlopeTangent)),
    ),
    updateSum: tf.mul<tf.Tensor3D>(
      states,
      tf.add(
        tf.mul(tf.sub(tangents.before, tangents.candidate), updateSlope),
        tf.mul(tf.sub(before, candidate), updateSlopeTangent),
      ),
    ),
    recurrentCandidate: tf.mul<tf.Tensor3D>(candidateSums, resetTangent),
    before: tf.add<tf.Tensor3D>(byUpdate, transposedProduct(backward.recurrentSums, along.hiddenWeights)),
  };
}
