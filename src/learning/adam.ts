import type { Parameters } from '../engines/engine.js';

/** Parameters under training with Adam's moments, all `[parameters]` and of one precision. */
export interface AdamState {
  /** Steps taken so far. */
  readonly step: number;
  readonly parameters: Parameters;
  readonly firstMoment: Parameters;
  readonly secondMoment: Parameters;
}

/** The state before the first step. */
export function initialAdamState(parameters: Parameters): AdamState {
  return {
    step: 0,
    parameters,
    firstMoment: parameters.slice().fill(0),
    secondMoment: parameters.slice().fill(0),
  };
}

/**
 * One step of Adam with moments 0.9 and 0.999, and eps 1e-8 added outside the bias-corrected root, as PyTorch has it.
 * Computes in float64 and rounds to the precision of the state.
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
 */
export function adamStep(state: AdamState, gradient: Parameters, rate: number): AdamState {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const step = state.step + 1;
  const stepSize = rate / (1 - beta1 ** step);
  const rootOfCorrection = Math.sqrt(1 - beta2 ** step);
  const parameters = state.parameters.slice();
  const firstMoment = state.firstMoment.slice();
  const secondMoment = state.secondMoment.slice();
  for (let i = 0; i < parameters.length; i++) {
    // All four vectors have the same length.
    const slope = gradient[i]!;
    const first = beta1 * firstMoment[i]! + (1 - beta1) * slope;
    const second = beta2 * secondMoment[i]! + (1 - beta2) * slope * slope;
    firstMoment[i] = first;
    secondMoment[i] = second;
    parameters[i]! -= (stepSize * first) / (Math.sqrt(second) / rootOfCorrection + epsilon);
  }
  return { step, parameters, firstMoment, secondMoment };
}
