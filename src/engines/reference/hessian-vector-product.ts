// Forward over reverse, written out: every line of the forward and of the backward pass is differentiated in one
// direction. Names are those of passes.ts; a `tangent` is the derivative of the value of that name in the direction.
// Indices are within bounds by the same shapes, which is what each `!` here says.
import type { Backward, Batch, Forward } from './passes.js';
import { addRowsToParents, inheritRows, levelsOf } from './passes.js';
import {
  addOuterProducts,
  addProduct,
  addRows,
  addTransposedProduct,
  gatherRows,
  repeatRow,
  scatterAddRows,
} from './products.js';
import { tensorsOf } from './tensors.js';

/**
 * Adds `H * direction` to `product`, exactly, where H is the Hessian of the loss on `batch` at `parameters`.
 * `forward` and `backward` are the passes at the same parameters.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the derivative of each line of two passes, in their order; what they share would have to be passed around
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: nested loops over levels, nodes and units, as the mathematics has them
export function addHessianVectorProduct(
  batch: Batch,
  parameters: Float64Array,
  forward: Forward,
  backward: Backward,
  direction: Float64Array,
  product: Float64Array,
): void {
  const { shape, forest, labels } = batch;
  const { items, embedding, hidden } = shape;
  const tensors = tensorsOf(shape, parameters);
  const along = tensorsOf(shape, direction);
  const out = tensorsOf(shape, product);
  const { inputs, before, recurrent, gates, ends, probabilities } = forward;
  const nodes = forest.items.length;
  const pairs = labels.length;
  const levels = levelsOf(forest);

  const inputTangents = gatherRows(along.embedding, forest.items, embedding);
  const inputSumTangents = repeatRow(along.inputBias, nodes);
  addProduct(inputSumTangents, along.inputWeights, inputs, 3 * hidden, embedding, 0, nodes);
  addProduct(inputSumTangents, tensors.inputWeights, inputTangents, 3 * hidden, embedding, 0, nodes);
  const beforeTangents = new Float64Array(nodes * hidden);
  const recurrentTangents = repeatRow(along.hiddenBias, nodes);
  const gateTangents = new Float64Array(nodes * 3 * hidden);
  const stateTangents = new Float64Array(nodes * hidden);
  for (const { from, to } of levels) {
    inheritRows(beforeTangents, stateTangents, forest, hidden, from, to);
    if (from > 0) {
      addProduct(recurrentTangents, along.hiddenWeights, before, 3 * hidden, hidden, from, to);
      addProduct(recurrentTangents, tensors.hiddenWeights, beforeTangents, 3 * hidden, hidden, from, to);
    }
    for (let node = from; node < to; node++) {
      const row = node * hidden;
      for (let u = 0; u < hidden; u++) {
        const r = 3 * row + u;
        const z = r + hidden;
        const n = z + hidden;
        const reset = gates[r]!;
        const update = gates[z]!;
        const candidate = gates[n]!;
        const resetTangent = reset * (1 - reset) * (inputSumTangents[r]! + recurrentTangents[r]!);
        const updateTangent = update * (1 - update) * (inputSumTangents[z]! + recurrentTangents[z]!);
        const candidateTangent =
          (1 - candidate * candidate) *
          (inputSumTangents[n]! + resetTangent * recurrent[n]! + reset * recurrentTangents[n]!);
        gateTangents[r] = resetTangent;
        gateTangents[z] = updateTangent;
        gateTangents[n] = candidateTangent;
        stateTangents[row + u] =
          updateTangent * (before[row + u]! - candidate) +
          (1 - update) * candidateTangent +
          update * beforeTangents[row + u]!;
      }
    }
  }

  const endTangents = gatherRows(stateTangents, forest.nodeOfPair, hidden);
  const logitTangents = repeatRow(along.outputBias, pairs);
  addProduct(logitTangents, along.outputWeights, ends, items, hidden, 0, pairs);
  addProduct(logitTangents, tensors.outputWeights, endTangents, items, hidden, 0, pairs);
  // From here on: tangents of the derivatives that the backward pass computes.
  const logits = new Float64Array(pairs * items);
  for (let pair = 0; pair < pairs; pair++) {
    const row = pair * items;
    let mean = 0;
    for (let item = 0; item < items; item++) mean += probabilities[row + item]! * logitTangents[row + item]!;
    for (let item = 0; item < items; item++) {
      logits[row + item] = (probabilities[row + item]! * (logitTangents[row + item]! - mean)) / pairs;
    }
  }
  addOuterProducts(out.outputWeights, logits, ends, items, hidden, pairs);
  addOuterProducts(out.outputWeights, backward.logits, endTangents, items, hidden, pairs);
  addRows(out.outputBias, logits, items, pairs);
  const endDerivatives = new Float64Array(pairs * hidden);
  addTransposedProduct(endDerivatives, tensors.outputWeights, logits, items, hidden, 0, pairs);
  addTransposedProduct(endDerivatives, along.outputWeights, backward.logits, items, hidden, 0, pairs);
  const states = new Float64Array(nodes * hidden);
  scatterAddRows(states, forest.nodeOfPair, endDerivatives, hidden);

  const inputSums = new Float64Array(nodes * 3 * hidden);
  const recurrentSums = new Float64Array(nodes * 3 * hidden);
  const beforeDerivatives = new Float64Array(nodes * hidden);
  for (const { from, to } of levels.toReversed()) {
    for (let node = from; node < to; node++) {
      const row = node * hidden;
      for (let u = 0; u < hidden; u++) {
        const r = 3 * row + u;
        const z = r + hidden;
        const n = z + hidden;
        const reset = gates[r]!;
        const update = gates[z]!;
        const candidate = gates[n]!;
        const resetTangent = gateTangents[r]!;
        const updateTangent = gateTangents[z]!;
        const candidateTangent = gateTangents[n]!;
        const first = backward.states[row + u]!;
        const second = states[row + u]!;
        const change = before[row + u]! - candidate;
        const changeTangent = beforeTangents[row + u]! - candidateTangent;

        const candidateSum = backward.inputSums[n]!;
        const candidateSumTangent =
          (second * (1 - update) - first * updateTangent) * (1 - candidate * candidate) -
          2 * first * (1 - update) * candidate * candidateTangent;
        const resetSumTangent =
          (candidateSumTangent * recurrent[n]! + candidateSum * recurrentTangents[n]!) * reset * (1 - reset) +
          candidateSum * recurrent[n]! * (1 - 2 * reset) * resetTangent;
        const updateSumTangent =
          (second * change + first * changeTangent) * update * (1 - update) +
          first * change * (1 - 2 * update) * updateTangent;
        inputSums[r] = resetSumTangent;
        inputSums[z] = updateSumTangent;
        inputSums[n] = candidateSumTangent;
        recurrentSums[r] = resetSumTangent;
        recurrentSums[z] = updateSumTangent;
        recurrentSums[n] = candidateSumTangent * reset + candidateSum * resetTangent;
        beforeDerivatives[row + u] = second * update + first * updateTangent;
      }
    }
    if (from === 0) continue;
    addTransposedProduct(
      beforeDerivatives,
      tensors.hiddenWeights,
      recurrentSums,
      3 * hidden,
      hidden,
      from,
      to,
    );
    addTransposedProduct(
      beforeDerivatives,
      along.hiddenWeights,
      backward.recurrentSums,
      3 * hidden,
      hidden,
      from,
      to,
    );
    addRowsToParents(states, beforeDerivatives, forest, hidden, from, to);
  }
  addOuterProducts(out.inputWeights, inputSums, inputs, 3 * hidden, embedding, nodes);
  addOuterProducts(out.inputWeights, backward.inputSums, inputTangents, 3 * hidden, embedding, nodes);
  addRows(out.inputBias, inputSums, 3 * hidden, nodes);
  addOuterProducts(out.hiddenWeights, recurrentSums, before, 3 * hidden, hidden, nodes);
  addOuterProducts(out.hiddenWeights, backward.recurrentSums, beforeTangents, 3 * hidden, hidden, nodes);
  addRows(out.hiddenBias, recurrentSums, 3 * hidden, nodes);
  const inputDerivatives = new Float64Array(nodes * embedding);
  addTransposedProduct(inputDerivatives, tensors.inputWeights, inputSums, 3 * hidden, embedding, 0, nodes);
  addTransposedProduct(
    inputDerivatives,
    along.inputWeights,
    backward.inputSums,
    3 * hidden,
    embedding,
    0,
    nodes,
  );
  scatterAddRows(out.embedding, forest.items, inputDerivatives, embedding);
}
