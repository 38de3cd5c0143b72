import type { ReactNode } from 'react';
import { type SummaryRow } from '../../../artifacts/summary-table.js';
/** The rows of each summary, and whether it goes through several settings of a model. */
export declare function summaryNodes(summaries: readonly SummaryRow[]): readonly {
    readonly node: string;
    readonly rows: readonly SummaryRow[];
    readonly isSweep: boolean;
}[];
/** A summary, a model and setting in each row, and what each is compared with. */
export declare function SummaryTable({ node, rows, }: {
    readonly node: string;
    readonly rows: readonly SummaryRow[];
}): ReactNode;
