import type { Progress } from '../kinds/kind-body.js';

type Figures = NonNullable<Progress['values']>;

/** So many figures of a step are shown while it runs, and kept of its last state. */
const most = 64;

/** The figures that a step has reported last, by name: the later of each. */
export function mergedFigures(earlier: Figures, later: Figures = {}): Figures {
  const merged = Object.entries({ ...earlier, ...later });
  return Object.fromEntries(merged.slice(0, most));
}

/** Those that JSON can hold. */
export function finiteFigures(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
}

/** What is no number is null on its way between processes. */
export function asSentFigures({ values, ...progress }: Progress): Progress {
  if (values === undefined) return progress;
  const figures = Object.entries(values as { readonly [name: string]: number | null });
  return {
    ...progress,
    values: Object.fromEntries(figures.map(([name, value]) => [name, value ?? Number.NaN])),
  };
}
