import type { Optimizer, OptimizerState } from './optimizer.js';
/** What one step of training gives. */
export interface Iteration {
    readonly state: OptimizerState;
    /** At the parameters before the step. */
    readonly loss: number;
    /** Euclidean, before any clipping. */
    readonly gradientNorm: number;
}
/** One row of a training curve. */
export interface HistoryRow {
    /** The iteration that it tells of, from 1. */
    readonly iteration: number;
    readonly loss: number;
    readonly gradientNorm: number;
}
/** A state of training and the curve that led to it since the node began. */
export interface TrainingProgress {
    readonly state: OptimizerState;
    readonly history: readonly HistoryRow[];
}
/** The exact bits of a state of training, as safetensors; equal states give equal bytes. */
export declare function writeTrainingState(state: OptimizerState): Uint8Array;
/** Reads what `writeTrainingState` wrote of that optimizer. @throws FailureError `bad-data`, naming `source` */
export declare function readTrainingState(bytes: Uint8Array, source: string, optimizer: Optimizer): OptimizerState;
/** The exact bits of training under way. */
export declare function writeTrainingProgress({ state, history }: TrainingProgress): Uint8Array;
/** Reads what `writeTrainingProgress` wrote of that optimizer. @throws FailureError `bad-data`, naming `source` */
export declare function readTrainingProgress(bytes: Uint8Array, source: string, optimizer: Optimizer): TrainingProgress;
