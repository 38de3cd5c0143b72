import type { ReactNode } from 'react';
import type { StepEdge, StepModel } from '../report-model.js';
/** The steps as boxes that lead to their details; a dashed edge carries what was computed from test data. */
export declare function StepGraph({ steps, edges, }: {
    readonly steps: readonly StepModel[];
    readonly edges: readonly StepEdge[];
}): ReactNode;
