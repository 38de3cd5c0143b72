import type { ReactNode } from 'react';
import type { ComparedMetric } from '../../../artifacts/summary-table.js';
/**
 * A figure with its interval below it, and below that how it compares. A comparand's name is left out where the table
 * says it once for all.
 */
export declare function EstimateCell({ value, interval, against, areNamed, }: {
    readonly value: number;
    readonly interval: readonly [number, number] | null | undefined;
    readonly against?: {
        readonly [label: string]: ComparedMetric;
    };
    readonly areNamed?: boolean;
}): ReactNode;
