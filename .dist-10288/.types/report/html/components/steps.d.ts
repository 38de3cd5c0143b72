import type { ReactNode } from 'react';
import type { StepModel } from '../report-model.js';
/** Every step with its nodes, closed until it is asked for. */
export declare function Steps({ steps }: {
    readonly steps: readonly StepModel[];
}): ReactNode;
