import type { Parameters } from '../engines/engine.js';

/**
 * The gradient scaled by min(1, limit / (norm + 1e-6)), as `torch.nn.utils.clip_grad_norm_` does, and its norm
 * before.
 */
export function clipGradient(
  gradient: Parameters,
  limit: number,
): { readonly clipped: Parameters; readonly norm: number } {
  const norm = normOf(gradient);
  const scale = Math.min(1, limit / (norm + 1e-6));
  const clipped = gradient.slice();
  for (let i = 0; i < clipped.length; i++) clipped[i]! *= scale; // i is within bounds
  return { clipped, norm };
}

/** The Euclidean norm, summed in float64, in order. */
export function normOf(gradient: Parameters): number {
  let squares = 0;
  for (const value of gradient) squares += value * value;
  return Math.sqrt(squares);
}
