import type { FinishedRun } from '../../artifacts/finished-run.js';
import type { Publication } from '../../pipeline/graph/graph.js';
/** Where a run publishes something, relative to the root. */
export declare function publishedPath({ path }: Publication, run: string): string;
/**
 * Whether what is to be published is there at the end of a run: the node's output; of the run's own documents all
 * results that they tell of.
 */
export declare function isComplete({ from }: Publication, { nodes }: Pick<FinishedRun, 'nodes'>): boolean;
