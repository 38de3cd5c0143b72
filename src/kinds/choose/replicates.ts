import type { Unit } from '../../statistics/compare.js';

/** What tells repetitions of one measurement apart, and what several are called. */
export const replicateUnits = {
  seed: 'seeds',
  fold: 'folds',
  repeat: 'repeats',
} as const satisfies { readonly [name: string]: Unit };

/** A name whose values are repetitions of one measurement. */
export type Replicate = keyof typeof replicateUnits;

/** The repetition that a row is of, by what tells it from others, as text. */
export type Replicates = { readonly [name in Replicate]?: string };

export function isReplicate(name: string): name is Replicate {
  return Object.hasOwn(replicateUnits, name);
}
