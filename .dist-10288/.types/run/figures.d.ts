import type { Progress } from '../kinds/kind.js';
type Figures = NonNullable<Progress['values']>;
/** The figures that a step has reported last, by name: the later of each. */
export declare function mergedFigures(earlier: Figures, later?: Figures): Figures;
/** Those that JSON can hold. */
export declare function finiteFigures(figures: Figures): Figures;
export {};
