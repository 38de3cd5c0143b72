import type { Optimizer } from './optimizer.js';

/**
 * The rate of each step (from 0), which falls from `rate` to `lowest` along half a cosine over `steps` of them, and stays
 * there. What PyTorch's CosineAnnealingLR gives a loop that calls it after each step, with T_max `steps` and eta_min
 * `lowest`.
 *
 * Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), equation 5, without
 * restarts; for the outer loop Antoniou, Edwards and Storkey, "How to train your MAML" (2019), section 4.
 */
export function cosineRate({
  rate,
  lowest,
  steps,
}: {
  readonly rate: number;
  readonly lowest: number;
  readonly steps: number;
}): (step: number) => number {
  return (step) =>
    step >= steps ? lowest : lowest + ((rate - lowest) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

/** An optimizer each of whose steps has a rate of its own, which the state's count of steps alone decides. */
export function withScheduledRate(
  make: (rate: number) => Optimizer,
  rateOf: (step: number) => number,
): Optimizer {
  return {
    init: make(rateOf(0)).init,
    update: (state, gradient, faster) => make(rateOf(state.step)).update(state, gradient, faster),
  };
}
