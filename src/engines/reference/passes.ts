// Forward and backward pass of the model over a prefix forest. Indices are within bounds by the shapes given
// beside each array, which is what each `!` here says.

import type { PairSet } from '../../data/pair-set.js';
import type { GruShape } from '../../model/gru/gru-shape.js';
import { buildPrefixForest, type PrefixForest } from '../../model/gru/prefix-forest.js';
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

/** A set of pairs, made ready once for any number of passes. N nodes, P pairs. */
export interface Batch {
  readonly shape: GruShape;
  readonly forest: PrefixForest;
  /** `[P]` */
  readonly labels: Int32Array;
}

/** What the forward pass leaves for the passes after it; e, h and V are the model's sizes. */
export interface Forward {
  /** `[N, e]` the embedded items. */
  readonly inputs: Float64Array;
  /** `[N, h]` each node's hidden state before its item: its parent's, zero at a root. */
  readonly before: Float64Array;
  /** `[N, 3h]` `Whh * before + bhh`; the last third is multiplied by the reset gate. */
  readonly recurrent: Float64Array;
  /** `[N, 3h]` reset gate, update gate, candidate state. */
  readonly gates: Float64Array;
  /** `[N, h]` each node's hidden state. */
  readonly states: Float64Array;
  /** `[P, h]` the hidden state at the end of each pair's prefix. */
  readonly ends: Float64Array;
  /** `[P, V]` */
  readonly logits: Float64Array;
  /** `[P, V]` softmax of the logits. */
  readonly probabilities: Float64Array;
  /** Mean softmax cross-entropy over the pairs. */
  readonly loss: number;
}

/** Derivatives of the loss by the intermediate values of the forward pass. */
export interface Backward {
  /** `[N, h]` by each node's hidden state. */
  readonly states: Float64Array;
  /** `[N, 3h]` by `Wih * inputs + bih`. */
  readonly inputSums: Float64Array;
  /** `[N, 3h]` by `Whh * before + bhh`. */
  readonly recurrentSums: Float64Array;
  /** `[P, V]` by the logits. */
  readonly logits: Float64Array;
}

/** Builds the prefix forest of `pairs`. */
export function prepareBatch(shape: GruShape, pairs: PairSet): Batch {
  return { shape, forest: buildPrefixForest(pairs), labels: pairs.labels };
}

/** Levels of a forest as ranges of nodes, roots first. */
export function levelsOf(forest: PrefixForest): readonly { readonly from: number; readonly to: number }[] {
  const levels = [];
  for (let level = 0; level + 1 < forest.levelOffsets.length; level++) {
    levels.push({ from: forest.levelOffsets[level]!, to: forest.levelOffsets[level + 1]! });
  }
  return levels;
}

/** Copies each parent's row to its children in `from <= node < to`; a root's row stays as it is. */
export function inheritRows(
  out: Float64Array,
  table: Float64Array,
  forest: PrefixForest,
  columns: number,
  from: number,
  to: number,
): void {
  for (let node = from; node < to; node++) {
    const parent = forest.parents[node]!;
    if (parent < 0) continue;
    out.set(table.subarray(parent * columns, (parent + 1) * columns), node * columns);
  }
}

/** Adds each node's row in `from <= node < to` to its parent's; a root's row goes nowhere. */
export function addRowsToParents(
  out: Float64Array,
  rows: Float64Array,
  forest: PrefixForest,
  columns: number,
  from: number,
  to: number,
): void {
  for (let node = from; node < to; node++) {
    const parent = forest.parents[node]!;
    if (parent < 0) continue;
    for (let c = 0; c < columns; c++) out[parent * columns + c]! += rows[node * columns + c]!;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The model's loss on `batch`, and every intermediate value. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: nested loops over levels, nodes and units, as the mathematics has them
export function forwardPass(batch: Batch, parameters: Float64Array): Forward {
  const { shape, forest, labels } = batch;
  const { items, embedding, hidden } = shape;
  const tensors = tensorsOf(shape, parameters);
  const nodes = forest.items.length;
  const pairs = labels.length;

  const inputs = gatherRows(tensors.embedding, forest.items, embedding);
  const inputSums = repeatRow(tensors.inputBias, nodes);
  addProduct(inputSums, tensors.inputWeights, inputs, 3 * hidden, embedding, 0, nodes);
  const before = new Float64Array(nodes * hidden);
  const recurrent = repeatRow(tensors.hiddenBias, nodes);
  const gates = new Float64Array(nodes * 3 * hidden);
  const states = new Float64Array(nodes * hidden);
  for (const { from, to } of levelsOf(forest)) {
    inheritRows(before, states, forest, hidden, from, to);
    // Before a root there is only the bias.
    if (from > 0) addProduct(recurrent, tensors.hiddenWeights, before, 3 * hidden, hidden, from, to);
    for (let node = from; node < to; node++) {
      const row = node * hidden;
      for (let u = 0; u < hidden; u++) {
        const r = 3 * row + u;
        const z = r + hidden;
        const n = z + hidden;
        const reset = sigmoid(inputSums[r]! + recurrent[r]!);
        const update = sigmoid(inputSums[z]! + recurrent[z]!);
        const candidate = Math.tanh(inputSums[n]! + reset * recurrent[n]!);
        gates[r] = reset;
        gates[z] = update;
        gates[n] = candidate;
        states[row + u] = (1 - update) * candidate + update * before[row + u]!;
      }
    }
  }

  const ends = gatherRows(states, forest.nodeOfPair, hidden);
  const logits = repeatRow(tensors.outputBias, pairs);
  addProduct(logits, tensors.outputWeights, ends, items, hidden, 0, pairs);
  const probabilities = new Float64Array(pairs * items);
  let loss = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const row = pair * items;
    let highest = Number.NEGATIVE_INFINITY;
    for (let item = 0; item < items; item++) if (logits[row + item]! > highest) highest = logits[row + item]!;
    let sum = 0;
    for (let item = 0; item < items; item++) {
      const power = Math.exp(logits[row + item]! - highest);
      probabilities[row + item] = power;
      sum += power;
    }
    for (let item = 0; item < items; item++) probabilities[row + item]! /= sum;
    loss += highest + Math.log(sum) - logits[row + labels[pair]!]!;
  }
  return {
    inputs,
    before,
    recurrent,
    gates,
    states,
    ends,
    logits,
    probabilities,
    loss: loss / pairs,
  };
}

/** Adds the gradient of the loss to `gradient`, and gives what `addHessianVectorProduct` needs of the pass. */
export function backwardPass(
  batch: Batch,
  parameters: Float64Array,
  forward: Forward,
  gradient: Float64Array,
): Backward {
  const { shape, forest, labels } = batch;
  const { items, embedding, hidden } = shape;
  const tensors = tensorsOf(shape, parameters);
  const out = tensorsOf(shape, gradient);
  const { inputs, before, recurrent, gates, ends, probabilities } = forward;
  const nodes = forest.items.length;
  const pairs = labels.length;

  const logits = probabilities.map((probability) => probability / pairs);
  for (let pair = 0; pair < pairs; pair++) logits[pair * items + labels[pair]!]! -= 1 / pairs;
  addOuterProducts(out.outputWeights, logits, ends, items, hidden, pairs);
  addRows(out.outputBias, logits, items, pairs);
  const endDerivatives = new Float64Array(pairs * hidden);
  addTransposedProduct(endDerivatives, tensors.outputWeights, logits, items, hidden, 0, pairs);
  const states = new Float64Array(nodes * hidden);
  scatterAddRows(states, forest.nodeOfPair, endDerivatives, hidden);

  const inputSums = new Float64Array(nodes * 3 * hidden);
  const recurrentSums = new Float64Array(nodes * 3 * hidden);
  const beforeDerivatives = new Float64Array(nodes * hidden);
  for (const { from, to } of levelsOf(forest).toReversed()) {
    for (let node = from; node < to; node++) {
      const row = node * hidden;
      for (let u = 0; u < hidden; u++) {
        const r = 3 * row + u;
        const z = r + hidden;
        const n = z + hidden;
        const reset = gates[r]!;
        const update = gates[z]!;
        const candidate = gates[n]!;
        const state = states[row + u]!;
        const candidateSum = state * (1 - update) * (1 - candidate * candidate);
        const resetSum = candidateSum * recurrent[n]! * reset * (1 - reset);
        const updateSum = state * (before[row + u]! - candidate) * update * (1 - update);
        inputSums[r] = resetSum;
        inputSums[z] = updateSum;
        inputSums[n] = candidateSum;
        recurrentSums[r] = resetSum;
        recurrentSums[z] = updateSum;
        recurrentSums[n] = candidateSum * reset;
        beforeDerivatives[row + u] = state * update;
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
    addRowsToParents(states, beforeDerivatives, forest, hidden, from, to);
  }
  addOuterProducts(out.inputWeights, inputSums, inputs, 3 * hidden, embedding, nodes);
  addRows(out.inputBias, inputSums, 3 * hidden, nodes);
  addOuterProducts(out.hiddenWeights, recurrentSums, before, 3 * hidden, hidden, nodes);
  addRows(out.hiddenBias, recurrentSums, 3 * hidden, nodes);
  const inputDerivatives = new Float64Array(nodes * embedding);
  addTransposedProduct(inputDerivatives, tensors.inputWeights, inputSums, 3 * hidden, embedding, 0, nodes);
  scatterAddRows(out.embedding, forest.items, inputDerivatives, embedding);
  return { states, inputSums, recurrentSums, logits };
}
