import type { Progress } from '../kinds/kind-body.js';

export interface Pace {
  /** Units per second since the first report. */
  readonly rate?: number;
  readonly secondsLeft?: number;
}

/** A function from each report of one execution, with the time in seconds, to its pace so far. */
export function paceOf(): (progress: Pick<Progress, 'done' | 'total'>, seconds: number) => Pace {
  let first: { readonly done: number; readonly seconds: number } | undefined;
  return ({ done, total }, seconds) => {
    if (first === undefined) {
      first = { done, seconds };
      return {};
    }
    const rate = (done - first.done) / (seconds - first.seconds);
    if (!Number.isFinite(rate) || rate <= 0) return {};
    if (total === undefined) return { rate };
    return { rate, secondsLeft: Math.max(0, total - done) / rate };
  };
}
