import { adam } from './adam.js';
import { scaleVector } from './clip-gradient.js';
import type { Optimizer } from './optimizer.js';

/**
 * Adam before whose steps the parameters shrink by the factor `1 - rate * weightDecay`, apart from the gradient, as
 * PyTorch has it.
 *
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), algorithm 2.
 */
export function adamW(rate: number, weightDecay: number): Optimizer {
  const { init, update } = adam(rate);
  const shrunk = 1 - rate * weightDecay;
  return {
    init,
    update(state, gradient, faster) {
      scaleVector(state.parameters, shrunk);
      return update(state, gradient, faster);
    },
  };
}
