// Forward over reverse: every line of both passes differentiated in one direction. Names are those of evaluate.ts; a
// `tangent` is the derivative of the value of that name in the direction. Whatever does not hang on the recursion over
// levels is computed for all rows at once.
import * as tf from '@tensorflow/tfjs-core';
import type { ModelShape } from '../../../model/model-shape.js';
import { type Backward, type Forward, levelOf } from './evaluate.js';
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
  forward: Forward,
  backward: Backward,
  along: VectorTensors,
  one: tf.Scalar,
  shape: ModelShape,
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
  const inputSums: tf.Tensor3D[] = [];
  const recurrentSums: tf.Tensor3D[] = [];
  let byBefore: tf.Tensor3D | undefined;
  for (const { from, width, children, parents } of forests.levels.toReversed()) {
    const own = rowsOf(atEnds, from, width);
    const state: tf.Tensor3D =
      byBefore === undefined || children === undefined ? own : tf.add(own, gatherSums(byBefore, children));
    const factor = levelOf(backward.factors, from, width);
    const restOf = (all: tf.Tensor3D) => rowsOf(all, from, width);
    const candidateSum = tf.add<tf.Tensor3D>(tf.mul(state, factor.candidate), restOf(rest.candidateSum));
    const resetSum = tf.add<tf.Tensor3D>(tf.mul(candidateSum, factor.reset), restOf(rest.resetSum));
    const updateSum = tf.add<tf.Tensor3D>(tf.mul(state, factor.update), restOf(rest.updateSum));
    const recurrentSum = joinColumns(
      resetSum,
      updateSum,
      tf.add(tf.mul(candidateSum, factor.resetGate), restOf(rest.recurrentCandidate)),
    );
    inputSums.unshift(joinColumns(resetSum, updateSum, candidateSum));
    recurrentSums.unshift(recurrentSum);
    if (parents === undefined) continue;
    byBefore = tf.add(
      tf.add(transposedProduct(recurrentSum, weights.hiddenWeights), tf.mul(state, factor.updateGate)),
      restOf(rest.before),
    );
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
  forward: Forward,
  along: VectorTensors,
  one: tf.Scalar,
  { hidden }: ModelShape,
): Tangents {
  const { gates, candidate, before, recurrentCandidate } = forward;
  const inputs = gatherRows(along.embedding, forests.inputs);
  const inputSums = tf.add<tf.Tensor3D>(
    tf.add(product(forward.inputs, along.inputWeights), product(inputs, weights.inputWeights)),
    along.inputBias,
  );
  // What the direction alone adds to the recurrent sums; the state's own tangent comes level by level.
  const recurrentSums = tf.add<tf.Tensor3D>(product(before, along.hiddenWeights), along.hiddenBias);
  const keepGates = tf.sub<tf.Tensor3D>(one, gates);
  const gateSlopes = tf.mul<tf.Tensor3D>(gates, keepGates);
  const candidateSlope = tf.sub<tf.Tensor3D>(one, tf.square(candidate));
  const reset = columnsOf(gates, 0, hidden);
  const update = columnsOf(gates, hidden, hidden);
  const keep = columnsOf(keepGates, hidden, hidden);
  const change = tf.sub<tf.Tensor3D>(before, candidate);

  const befores: tf.Tensor3D[] = [];
  const recurrentCandidates: tf.Tensor3D[] = [];
  const gateTangents: tf.Tensor3D[] = [];
  const candidates: tf.Tensor3D[] = [];
  const states: tf.Tensor3D[] = [];
  for (const { from, width, parents } of forests.levels) {
    const above = states.at(-1);
    const inherited = above === undefined || parents === undefined ? undefined : gatherRows(above, parents);
    const direct = rowsOf(recurrentSums, from, width);
    const recurrent: tf.Tensor3D =
      inherited === undefined ? direct : tf.add(direct, product(inherited, weights.hiddenWeights));
    const level = (all: tf.Tensor3D) => rowsOf(all, from, width);
    const gateTangent = tf.mul<tf.Tensor3D>(
      level(gateSlopes),
      tf.add(columnsOf(inputSums, 0, 2 * hidden, from, width), columnsOf(recurrent, 0, 2 * hidden)),
    );
    const ofRecurrentCandidate = columnsOf(recurrent, 2 * hidden, hidden);
    const candidateTangent = tf.mul<tf.Tensor3D>(
      level(candidateSlope),
      tf.add(
        columnsOf(inputSums, 2 * hidden, hidden, from, width),
        tf.add(
          tf.mul(columnsOf(gateTangent, 0, hidden), level(recurrentCandidate)),
          tf.mul(level(reset), ofRecurrentCandidate),
        ),
      ),
    );
    const own = tf.add<tf.Tensor3D>(
      tf.mul(columnsOf(gateTangent, hidden, hidden), level(change)),
      tf.mul(level(keep), candidateTangent),
    );
    states.push(inherited === undefined ? own : tf.add(own, tf.mul(level(update), inherited)));
    befores.push(inherited ?? forests.zeroState);
    recurrentCandidates.push(ofRecurrentCandidate);
    gateTangents.push(gateTangent);
    candidates.push(candidateTangent);
  }
  const ends = gatherRows(joinRows(states), forests.ends);
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
  forward: Forward,
  backward: Backward,
  tangents: Tangents,
  along: VectorTensors,
  one: tf.Scalar,
  hidden: number,
) {
  const { gates, candidate, before, recurrentCandidate } = forward;
  const { states } = backward;
  const candidateSums = columnsOf(backward.inputSums, 2 * hidden, hidden);
  const resetTangent = columnsOf(tangents.gates, 0, hidden);
  const updateTangent = columnsOf(tangents.gates, hidden, hidden);
  const keepGates = tf.sub<tf.Tensor3D>(one, gates);
  const slopes = tf.mul<tf.Tensor3D>(gates, keepGates);
  // Derivative of g (1 - g) in the direction.
  const slopeTangents = tf.mul<tf.Tensor3D>(tf.sub(keepGates, gates), tangents.gates);
  const byUpdate = tf.mul<tf.Tensor3D>(states, updateTangent);
  const twice = tf.mul<tf.Tensor3D>(candidate, tangents.candidate);
  return {
    candidateSum: tf.neg<tf.Tensor3D>(
      tf.add(
        tf.mul(byUpdate, tf.sub(one, tf.square(candidate))),
        tf.mul(tf.mul(states, columnsOf(keepGates, hidden, hidden)), tf.add(twice, twice)),
      ),
    ),
    resetSum: tf.mul<tf.Tensor3D>(
      candidateSums,
      tf.add(
        tf.mul(tangents.recurrentCandidate, columnsOf(slopes, 0, hidden)),
        tf.mul(recurrentCandidate, columnsOf(slopeTangents, 0, hidden)),
      ),
    ),
    updateSum: tf.mul<tf.Tensor3D>(
      states,
      tf.add(
        tf.mul(tf.sub(tangents.before, tangents.candidate), columnsOf(slopes, hidden, hidden)),
        tf.mul(tf.sub(before, candidate), columnsOf(slopeTangents, hidden, hidden)),
      ),
    ),
    recurrentCandidate: tf.mul<tf.Tensor3D>(candidateSums, resetTangent),
    before: tf.add<tf.Tensor3D>(byUpdate, transposedProduct(backward.recurrentSums, along.hiddenWeights)),
  };
}
