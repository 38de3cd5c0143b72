import type { TopLevelSpec } from 'vega-lite';
import type { RowTable } from '../../../tables/row-formats.js';
/** What a figure is about, and so where in the report it stands. */
export type FigureTopic = 'results' | 'training' | 'choice' | 'ablation' | 'drift';
/** A figure before it is drawn: plain data, made from the rows of a run alone. */
export interface Figure {
    /** Unique in a report, and safe in a file name. */
    readonly id: string;
    readonly topic: FigureTopic;
    readonly title: string;
    /** The split that what is drawn was computed from; null where it has none. */
    readonly role: string | null;
    /** What is drawn, with units and n; below the figure. */
    readonly caption: string;
    /** What one would say of it to somebody who cannot see it. */
    readonly description: string;
    readonly spec: TopLevelSpec;
    /** The numbers that are drawn. */
    readonly data: RowTable;
}
/** A spec without what all figures have in common. */
export type FigureSpec = Omit<Extract<TopLevelSpec, {
    layer: unknown;
}>, '$schema' | 'config'>;
/** A layer of a figure. */
export type Layer = FigureSpec['layer'][number];
/** A dashed line at a value that others are read against; `title` is the axis's. */
export declare function referenceLine(axis: 'x' | 'y', value: number, title: string, color?: string): Layer;
/** The font that figures are drawn with; the one font that is registered where they become PNG. */
export declare const figureFont = "DejaVu Sans";
/** Inner width of a figure, so that its type is legible on a phone without scaling it down much. */
export declare const plotWidth = 340;
/** A spec with the look of all figures: quiet axes, few lines, no frame. */
export declare function styled(spec: FigureSpec): TopLevelSpec;
/** Names as one that is safe in a file's name and in HTML. */
export declare function figureId(...names: readonly string[]): string;
/** The same figures, each with an id of its own. */
export declare function withUniqueIds(figures: readonly Figure[]): readonly Figure[];
