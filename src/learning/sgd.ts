import { type Optimizer, optimizerOf } from './optimizer.js';

/**
 * Gradient descent with momentum, without dampening, as PyTorch has it: `velocity = momentum * velocity + gradient`,
 * then `parameters -= rate * velocity`; plain descent at momentum 0.
 *
 * Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning"
 * (2013), with the rate outside the velocity.
 */
export function sgd(rate: number, momentum: number): Optimizer {
  return optimizerOf(['velocity'], (parameters, gradient, slots) => {
    // As many as there are names.
    const velocity = slots[0]!;
    for (let i = 0; i < parameters.length; i++) {
      // All three vectors have the same length.
      const speed = momentum * velocity[i]! + gradient[i]!;
      velocity[i] = speed;
      parameters[i]! -= rate * speed;
    }
  });
}
