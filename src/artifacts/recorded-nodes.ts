import { parseNodeId } from '../base/node-id.js';
import { nodesCalled } from '../pipeline/graph/called-nodes.js';
import { parseReference } from '../pipeline/spec/reference.js';
import type { ManifestNode } from './run-documents.js';

/** The nodes of a run that a name stands for, in the way in which it stands for nodes of a pipeline. */
export function recordedNodesCalled(nodes: readonly ManifestNode[], name: string): readonly ManifestNode[] {
  const named = nodes.map((node) => {
    const { id, step, derived_from: derivedFrom, names = {} } = node;
    if (derivedFrom !== undefined) return { id, step, derivedFrom, node };
    const values = Object.entries(names).map(([name, value]) => ({ name, value }));
    return { id, step, label: [{ values }], node };
  });
  return nodesCalled(named, name).map(({ node }) => node);
}

/** Whether a name stands for a node of which nothing but its id is known: by the values that stand in it. */
export function isCalledById(id: string, name: string): boolean {
  const { step, matrix, elements } = parseNodeId(id);
  const label = [matrix, ...elements].map((text) => ({
    values: parseReference(`${step}[${text}]`)?.selector ?? [],
  }));
  return nodesCalled([{ id, step, label }], name).length > 0;
}
