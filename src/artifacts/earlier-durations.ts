import type { GraphNode } from '../pipeline/graph/graph.js';
import { identityOf, readRegister } from './register.js';
import { readManifest } from './run-documents.js';

/** Runs that are looked through: the last may have failed early, and the one before it not. */
const mostRuns = 5;

type Node = Pick<GraphNode, 'id' | 'step' | 'engine'>;

/**
 * The seconds that computing each of these nodes of a pipeline took before: as of the latest run that has a result of
 * it, else the mean over the nodes of its step there, as of a matrix with a new value. A node is left out where there
 * is none, or where another engine computed it.
 */
export function earlierDurations(
  root: string,
  pipeline: string,
  nodes: readonly Node[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const steps = new Map<string, { readonly seconds: number; readonly nodes: number }>();
  if (nodes.length === 0) return found;
  const runs = readRegister(root).runs.filter((one) => one.pipeline === pipeline);
  for (const record of runs.slice(-mostRuns).reverse()) {
    const seen = new Map<string, { readonly seconds: number; readonly nodes: number }>();
    const ofNodes = new Map<string, number>();
    for (const { id, step, engine, computed_seconds } of readManifest(root, identityOf(record))?.nodes ??
      []) {
      if (computed_seconds === undefined) continue;
      ofNodes.set(nameOf(id, engine), computed_seconds);
      const { seconds, nodes } = seen.get(nameOf(step, engine)) ?? { seconds: 0, nodes: 0 };
      seen.set(nameOf(step, engine), { seconds: seconds + computed_seconds, nodes: nodes + 1 });
    }
    for (const [step, sum] of seen) if (!steps.has(step)) steps.set(step, sum);
    for (const { id, engine } of nodes) {
      const seconds = ofNodes.get(nameOf(id, engine));
      if (seconds !== undefined && !found.has(id)) found.set(id, seconds);
    }
    if (found.size === nodes.length) return found;
  }
  for (const { id, step, engine } of nodes) {
    const sum = steps.get(nameOf(step, engine));
    if (sum !== undefined && !found.has(id)) found.set(id, sum.seconds / sum.nodes);
  }
  return found;
}

function nameOf(node: string, engine: string | undefined): string {
  return `${engine ?? ''} ${node}`;
}
