import type { PairSet } from '../../src/data/pair-set.js';
import type { GruShape } from '../../src/model/gru/gru-shape.js';

/**
 * The model as its definition reads, one pair after the other: no forest, no flat layout but the order of
 * PyTorch's tensors. The oracle that engines are held against.
 */
export function plainScores(shape: GruShape, parameters: Float64Array, prefix: readonly number[]): number[] {
  const { items, embedding, hidden } = shape;
  let offset = 0;
  const take = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, () => {
      offset += columns;
      return [...parameters.subarray(offset - columns, offset)];
    });
  const embeddings = take(items, embedding);
  const inputWeights = take(3 * hidden, embedding);
  const hiddenWeights = take(3 * hidden, hidden);
  const inputBias = take(1, 3 * hidden)[0] ?? [];
  const hiddenBias = take(1, 3 * hidden)[0] ?? [];
  const outputWeights = take(items, hidden);
  const outputBias = take(1, items)[0] ?? [];

  const dot = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, value, i) => sum + value * (other[i] ?? Number.NaN), 0);
  const affine = (weights: number[][], bias: number[], vector: readonly number[]) =>
    weights.map((row, r) => (bias[r] ?? Number.NaN) + dot(row, vector));
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

  let state: number[] = Array.from({ length: hidden }, () => 0);
  for (const item of prefix) {
    const input = affine(inputWeights, inputBias, embeddings[item] ?? []);
    const recurrent = affine(hiddenWeights, hiddenBias, state);
    const at = (vector: number[], gate: number, unit: number) => vector[gate * hidden + unit] ?? Number.NaN;
    state = state.map((before, unit) => {
      const reset = sigmoid(at(input, 0, unit) + at(recurrent, 0, unit));
      const update = sigmoid(at(input, 1, unit) + at(recurrent, 1, unit));
      const candidate = Math.tanh(at(input, 2, unit) + reset * at(recurrent, 2, unit));
      return (1 - update) * candidate + update * before;
    });
  }
  return affine(outputWeights, outputBias, state);
}

/** Mean softmax cross-entropy over the pairs. */
export function plainLoss(shape: GruShape, parameters: Float64Array, pairs: PairSet): number {
  const losses = [...pairs.labels].map((label, pair) => {
    const scores = plainScores(shape, parameters, prefixOf(pairs, pair));
    const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
    return Math.log(sum) - (scores[label] ?? Number.NaN);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** All items for each pair by sorting: higher score first, lower id first among equals. */
export function plainOrders(shape: GruShape, parameters: Float64Array, pairs: PairSet): number[][] {
  return [...pairs.labels].map((_, pair) => {
    const scores = plainScores(shape, parameters, prefixOf(pairs, pair));
    const order = scores.map((score, item) => ({ score, item }));
    order.sort((one, other) => other.score - one.score || one.item - other.item);
    return order.map(({ item }) => item);
  });
}

/** Ranks of the labels in these orders. */
export function plainRanks(shape: GruShape, parameters: Float64Array, pairs: PairSet): number[] {
  return plainOrders(shape, parameters, pairs).map((order, pair) => 1 + order.indexOf(pairs.labels[pair]!));
}

function prefixOf(pairs: PairSet, pair: number): number[] {
  return [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])];
}
