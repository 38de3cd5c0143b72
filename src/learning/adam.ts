import type { AdamNumbers, Parameters } from '../engines/engine.js';
import { type Optimizer, optimizerOf } from './optimizer.js';

/**
 * Adam with moments 0.9 and 0.999, and eps 1e-8 added outside the bias-corrected root, as PyTorch has it.
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
 */
export function adam(rate: number): Optimizer {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  return optimizerOf(['first_moment', 'second_moment'], (parameters, gradient, moments, step, faster) => {
    const vectors = [parameters, gradient, ...moments];
    const numbers = [
      beta1,
      beta2,
      rate / (1 - beta1 ** step),
      Math.sqrt(1 - beta2 ** step),
      epsilon,
    ] as const;
    if (faster !== undefined && vectors.every((vector) => vector instanceof Float32Array)) {
      faster(vectors, numbers);
    } else {
      stepOfAdam(vectors, numbers);
    }
  });
}

/** As `AdamStep`, in any precision; what the native one is held to. */
export function stepOfAdam(
  [parameters, gradient, firstMoment, secondMoment]: readonly Parameters[],
  [beta1, beta2, stepSize, rootOfCorrection, epsilon]: AdamNumbers,
): void {
  // There are four vectors, of one length.
  for (let i = 0; i < parameters!.length; i++) {
    const slope = gradient![i]!;
    const first = beta1 * firstMoment![i]! + (1 - beta1) * slope;
    const second = beta2 * secondMoment![i]! + (1 - beta2) * slope * slope;
    firstMoment![i] = first;
    secondMoment![i] = second;
    parameters![i]! -= (stepSize * first) / (Math.sqrt(second) / rootOfCorrection + epsilon);
  }
}
