import type { ReactNode } from 'react';
import type { DrawnFigure } from '../figures/draw-figures.js';
import { type RunContents } from '../report-model.js';
import { type RunFile } from './surroundings.js';
/** All that a page shows. */
export interface PageContents {
    readonly contents: RunContents;
    /** The configuration as YAML. */
    readonly configuration: string;
    readonly figures: readonly DrawnFigure[];
    /** Figures that there were too many of. */
    readonly figuresLeft: number;
    /** The run's other files, by their names in its folder. */
    readonly files: readonly RunFile[];
}
/** The body of a page: what matters first, where things are last. */
export declare function Page({ contents, configuration, figures, figuresLeft, files }: PageContents): ReactNode;
