import type { GraphNode } from '../../pipeline/graph/graph.js';
import type { Plan } from '../../pipeline/plan/plan.js';

/** The nodes without a result. */
export function openNodes({ nodes }: Plan): readonly GraphNode[] {
  return nodes.filter(({ state }) => state !== 'hit').map(({ node }) => node);
}

/** Whether nodes are jobs of a batch system. */
export function isBatch(nodes: readonly GraphNode[]): boolean {
  return nodes.some(({ resources }) => resources.batch !== undefined);
}
