import { type Box, type Link } from './graph-rows.js';
/** A box with its upper left corner. */
export interface PlacedBox extends Box {
    readonly x: number;
    readonly y: number;
}
export interface Point {
    readonly x: number;
    readonly y: number;
}
/** An edge with its points, downwards in pairs: it leaves a row at one, and reaches the next at the other. */
export interface PlacedEdge extends Link {
    readonly points: readonly Point[];
}
export interface GraphLayout {
    readonly width: number;
    readonly height: number;
    readonly boxes: readonly PlacedBox[];
    readonly edges: readonly PlacedEdge[];
}
/**
 * Places boxes in rows so that every edge points down, `mostWidth` wide at most where that can be had: what has no
 * place in a row goes into the next. The same graph gives the same places.
 */
export declare function layoutGraph(boxes: readonly Box[], links: readonly Link[], mostWidth: number): GraphLayout;
/** A path through an edge's points: straight where it passes a row, and in between a curve that leaves and arrives upright. */
export declare function softPath(points: readonly Point[]): string;
