import type { DeclaredSegments, Segmentation } from '../kind.js';
/** The port, in and out, of what a segment keeps in KSHOT_STATE. */
export declare const statePort = "state";
/**
 * Cuts a program into segments by one of its params, which is in each the end of that segment: the program is never
 * told how far the last one goes, so that more of them change nothing of those that are done.
 */
export declare function segmentProgram({ of, every }: DeclaredSegments): Segmentation;
