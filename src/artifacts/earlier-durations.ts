import type { GraphNode } from '../pipeline/graph/graph.js';
import { identityOf, readRegister } from './register.js';
import { type ManifestNode, readManifest } from './run-documents.js';

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
  const steps = new Map<string, StepDuration>();
  if (nodes.length === 0) return found;
  const runs = readRegister(root).runs.filter((one) => one.pipeline === pipeline);
  for (const record of runs.slice(-mostRuns).reverse()) {
    const durations = durationsIn(readManifest(root, identityOf(record))?.nodes ?? []);
    addMissing(steps, durations.ofSteps);
    addMissing(
      found,
      nodes.map(({ id, engine }) => [id, durations.ofNodes.get(nameOf(id, engine))]),
    );
    if (found.size === nodes.length) return found;
  }
  addMissing(
    found,
    nodes.map(({ id, step, engine }) => {
      const sum = steps.get(nameOf(step, engine));
      return [id, sum && sum.seconds / sum.nodes];
    }),
  );
  return found;
}

/** Puts in what is known and not there yet. */
function addMissing<Value>(
  to: Map<string, Value>,
  entries: Iterable<readonly [string, Value | undefined]>,
): void {
  for (const [name, value] of entries) if (value !== undefined && !to.has(name)) to.set(name, value);
}

/** What computing the nodes of a step took, together. */
interface StepDuration {
  readonly seconds: number;
  readonly nodes: number;
}

/** By node and by step, each with its engine. */
function durationsIn(nodes: readonly ManifestNode[]) {
  const ofNodes = new Map<string, number>();
  const ofSteps = new Map<string, StepDuration>();
  for (const { id, step, engine, computed_seconds } of nodes) {
    if (computed_seconds === undefined) continue;
    ofNodes.set(nameOf(id, engine), computed_seconds);
    const before = ofSteps.get(nameOf(step, engine)) ?? { seconds: 0, nodes: 0 };
    ofSteps.set(nameOf(step, engine), {
      seconds: before.seconds + computed_seconds,
      nodes: before.nodes + 1,
    });
  }
  return { ofNodes, ofSteps };
}

function nameOf(node: string, engine: string | undefined): string {
  return `${engine ?? ''} ${node}`;
}
