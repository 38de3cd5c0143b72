import type { Parameters } from '../engines/engine.js';

/**
 * Scales the gradient by min(1, limit / (norm + 1e-6)), as `torch.nn.utils.clip_grad_norm_` does.
 *
 * @returns its norm before
 */
export function clipGradient(gradient: Parameters, limit: number): number {
  const norm = normOf(gradient);
  const scale = Math.min(1, limit / (norm + 1e-6));
  if (scale !== 1) scaleVector(gradient, scale);
  return norm;
}

/** The Euclidean norm, summed in float64, in order. */
export function normOf(gradient: Parameters): number {
  let squares = 0;
  // By index, which takes a fifth of the time that V8 takes for an iterator; i is within bounds.
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  return Math.sqrt(squares);
}

export function scaleVector(vector: Parameters, by: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= by; // i is within bounds
}

/** Sets the gradient to 0 where `trained` is 0: of what no step moves. Nothing where `trained` is undefined. */
export function clearUntrained(gradient: Parameters, trained: ArrayLike<number> | undefined): void {
  if (trained === undefined) return;
  for (let i = 0; i < gradient.length; i++) if (trained[i] === 0) gradient[i] = 0;
}
