import type { Graph } from '../../pipeline/graph/graph.js';
/**
 * Loads what draws figures while the steps of a run compute in processes of their own, so that nobody waits for it at
 * the end. Nothing where the pipeline gives no figures, and nothing depends on it.
 */
export declare function preloadPage({ nodes }: Graph): void;
