import type { Parameters } from '../engines/engine.js';

/**
 * The gradient scaled by min(1, limit / (norm + 1e-6)), as `torch.nn.utils.clip_grad_norm_` does (the same array where
 * that is 1), and its norm before.
 */
export function clipGradient(
  gradient: Parameters,
  limit: number,
): { readonly clipped: Parameters; readonly norm: number } {
  const norm = normOf(gradient);
  const scale = Math.min(1, limit / (norm + 1e-6));
  if (scale === 1) return { clipped: gradient, norm };
  const clipped = gradient.slice();
  for (let i = 0; i < clipped.length; i++) clipped[i]! *= scale; // i is within bounds
  return { clipped, norm };
}

/** The Euclidean norm, summed in float64, in order. */
export function normOf(gradient: Parameters): number {
  let squares = 0;
  // By index, which takes a fifth of the time that V8 takes for an iterator; i is within bounds.
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  return Math.sqrt(squares);
}

/** The gradient with 0 where `trained` is 0: what no step moves. All of it where `trained` is undefined. */
export function gradientOfTrained(gradient: Parameters, trained: ArrayLike<number> | undefined): Parameters {
  return trained === undefined ? gradient : gradient.map((slope, i) => (trained[i] === 0 ? 0 : slope));
}
