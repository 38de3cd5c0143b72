import { adam } from './adam.js';
import { adamW } from './adam-w.js';
import type { Optimizer } from './optimizer.js';
import { sgd } from './sgd.js';

/** What optimizers are made with, besides their rate; each takes what it knows. */
export interface OptimizerSettings {
  readonly momentum: number;
  readonly weight_decay: number;
}

interface OptimizerChoice {
  /** The settings that act on it. */
  readonly settings: readonly (keyof OptimizerSettings)[];
  readonly make: (rate: number, settings: OptimizerSettings) => Optimizer;
}

/** The optimizers by the names that pipelines give them. */
export const optimizers = {
  adam: { settings: [], make: (rate) => adam(rate) },
  adamw: { settings: ['weight_decay'], make: (rate, { weight_decay }) => adamW(rate, weight_decay) },
  sgd: { settings: ['momentum'], make: (rate, { momentum }) => sgd(rate, momentum) },
} as const satisfies { readonly [name: string]: OptimizerChoice };

export type OptimizerName = keyof typeof optimizers;

// The keys of a constant.
export const optimizerNames = Object.keys(optimizers) as readonly OptimizerName[];

/** The optimizer that parameters choose; a setting that does not act on it may be missing. */
export function optimizerFor(
  {
    optimizer,
    momentum = 0,
    weight_decay = 0,
  }: { readonly optimizer: OptimizerName } & Partial<OptimizerSettings>,
  rate: number,
): Optimizer {
  return optimizers[optimizer].make(rate, { momentum, weight_decay });
}
