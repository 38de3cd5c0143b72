import type { AdamStep, Parameters } from '../engines/engine.js';

/** Parameters under training, and what their optimizer keeps of the steps before; all `[parameters]`, of one precision. */
export interface OptimizerState {
  /** Steps taken so far. */
  readonly step: number;
  readonly parameters: Parameters;
  /** By the names under which a stored state holds them, e.g. Adam's `first_moment`. */
  readonly slots: { readonly [name: string]: Parameters };
}

/** Moves parameters against their gradients; rates and such are fixed when one is made. */
export interface Optimizer {
  /** The state before the first step, of a copy of the parameters. */
  init(parameters: Parameters): OptimizerState;
  /**
   * One step, in the vectors of `state`, which nobody may use after it: new ones for each step took more time to allocate
   * and collect than a fifth of the step. Computes in float64 and rounds to the precision of the state.
   */
  update(state: OptimizerState, gradient: Parameters, faster?: AdamStep): OptimizerState;
}

/** Moves parameter `i` by itself; `slots` are the optimizer's vectors, in the order of their names, to be written to. */
type Move = (
  parameters: Parameters,
  gradient: Parameters,
  slots: readonly Parameters[],
  step: number,
  faster: AdamStep | undefined,
) => void;

/** An optimizer whose vectors start at 0, from what it does with them at a step (from 1). */
export function optimizerOf(names: readonly string[], move: Move): Optimizer {
  return {
    init: (parameters) => ({
      step: 0,
      parameters: parameters.slice(),
      slots: Object.fromEntries(names.map((name) => [name, parameters.slice().fill(0)])),
    }),
    update({ step, parameters, slots }, gradient, faster) {
      // A state has the vectors that `init` gave it.
      move(
        parameters,
        gradient,
        names.map((name) => slots[name]!),
        step + 1,
        faster,
      );
      return { step: step + 1, parameters, slots };
    },
  };
}
