import type { ReactNode } from 'react';
import type { Report } from '../../../artifacts/run-documents.js';
import type { StepModel } from '../report-model.js';
/** What must be known to read the rest, the gravest first; nothing where there is nothing. */
export declare function Notes({ report, steps, }: {
    readonly report: Report;
    readonly steps: readonly StepModel[];
}): ReactNode;
