import { type RunRecord } from '../artifacts/register.js';
import { type Manifest, type Report } from '../artifacts/run-documents.js';
import { type Digest } from '../base/canonical.js';
import { type Json, type JsonObject } from '../base/json.js';
import type { Store } from '../store/store.js';
import { type MetricComparison } from './metric-differences.js';
/** A run with all that two are compared by; its files are verified. */
export interface ComparableRun {
    readonly identity: string;
    readonly report: Report;
    readonly manifest: Manifest;
    /** The pipeline as it was run, parameters filled in. */
    readonly configuration: JsonObject;
    /** The parquet file of its ranks; undefined where it has none. */
    readonly ranks: string | undefined;
}
/** A value that stands at a path in one run, in the other, or in both with different values. */
export interface ValueDifference {
    readonly path: string;
    /** Absent where there was none. */
    readonly before?: Json;
    readonly after?: Json;
}
/** How a node differs between two runs. */
export interface NodeDifference {
    readonly node: string;
    readonly step: string;
    /** The node that it makes a port from; absent of one that the pipeline itself names. */
    readonly derived_from?: string;
    readonly change: 'added' | 'removed' | 'changed';
    /** Of the key's pre-image, or what else differs, a line each; empty for a node that only one run has. */
    readonly differences: readonly string[];
    /** Whether the outputs are the same all the same. */
    readonly same_outputs: boolean;
}
/** What `kshot diff --json` prints. */
export interface RunComparison {
    readonly version: 1;
    readonly before: RunFacts;
    readonly after: RunFacts;
    readonly parameters: readonly ValueDifference[];
    /** Versions, platform and engine. */
    readonly environment: readonly ValueDifference[];
    readonly nodes: {
        readonly same: number;
        readonly differing: readonly NodeDifference[];
    };
    readonly metrics: MetricComparison;
}
export interface RunFacts {
    readonly run: string;
    readonly file: string;
    readonly started_at: string;
    readonly engine: string;
    readonly exit_code: number;
    readonly synthetic: boolean;
    readonly waivers: Report['waivers'];
}
/**
 * Reads a run; undefined where its folder, or that of the run that holds its tables, is gone.
 *
 * @throws FailureError `object-corrupt` where a file is not what the run wrote
 */
export declare function readComparableRun(root: string, record: RunRecord): Promise<ComparableRun | undefined>;
/** All that differs between two runs; the same runs and cache give the same answer. */
export declare function compareRuns(before: ComparableRun, after: ComparableRun, store: Pick<Store, 'readEntry'>, readCode: (digest: Digest) => Promise<string | undefined>): Promise<RunComparison>;
