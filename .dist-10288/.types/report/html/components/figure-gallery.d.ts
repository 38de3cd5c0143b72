import type { ReactNode } from 'react';
import type { DrawnFigure } from '../figures/draw-figures.js';
import type { FigureTopic } from '../figures/figure.js';
/** The figures on some topics, side by side where there is room; nothing where there are none. */
export declare function FigureGallery({ figures, topics, }: {
    readonly figures: readonly DrawnFigure[];
    readonly topics: readonly FigureTopic[];
}): ReactNode;
