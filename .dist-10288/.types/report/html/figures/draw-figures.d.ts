import { type Figure } from './figure.js';
/** A figure as it is kept. */
export interface DrawnFigure extends Figure {
    /** What is inside the SVG, without what names it: the page does that in its own way. */
    readonly drawing: string;
    /** A whole SVG document in the light colours. */
    readonly svg: string;
    readonly png: Uint8Array;
    /** Of the SVG, in its own units. */
    readonly width: number;
    readonly height: number;
}
/**
 * Draws figures as SVG and PNG. The same figures give the same bytes on any machine: text is measured and drawn with
 * the one font that comes with kshot, whatever fonts the machine has.
 */
export declare function drawFigures(figures: readonly Figure[]): Promise<readonly DrawnFigure[]>;
