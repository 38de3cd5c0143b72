import type { FinishedRun } from '../../artifacts/finished-run.js';
import type { Publication } from '../../pipeline/graph/graph.js';

/** Where a run publishes something, relative to the root. */
export function publishedPath({ path }: Publication, run: string): string {
  return path.replaceAll('{tag}', run);
}

/**
 * Whether what is to be published is there at the end of a run: the node's outputs; of the run's own documents all
 * results that they tell of.
 */
export function isComplete({ from }: Publication, { nodes }: Pick<FinishedRun, 'nodes'>): boolean {
  return from.type === 'run'
    ? nodes.every(({ entry }) => entry !== undefined)
    : nodes.some(({ node, entry }) => node.id === from.node && entry !== undefined);
}
