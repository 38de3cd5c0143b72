import type { ReactNode } from 'react';
import type { Report } from '../../../artifacts/run-documents.js';
/** The summaries, model by model, then every metric that a node gave. */
export declare function Results({ report, children, }: {
    readonly report: Report;
    readonly children: ReactNode;
}): ReactNode;
/** The tables of the summaries that go through settings; their figures say it at a glance. */
export declare function SweepTables({ report }: {
    readonly report: Report;
}): ReactNode;
