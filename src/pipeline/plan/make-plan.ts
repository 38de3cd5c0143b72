import { isAbsolute, join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { joined } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import type { ExternalFile } from '../../kinds/kind.js';
import type { Digest, Entry } from '../../store/entry.js';
import type { Store } from '../../store/store.js';
import { finalParameters } from '../graph/chosen-settings.js';
import type { Graph, GraphNode } from '../graph/graph.js';
import { withNearestFile } from '../graph/nearest-file.js';
import type { CodeDigests } from './code-digests.js';
import { keyOf } from './keys.js';
import type { Plan, PlannedNode } from './plan.js';
import { nodesNeededBy, resolveInputs } from './resolve-inputs.js';

export interface ForcedNodes {
  /** Nodes that run although there is an entry (`--force`). */
  readonly force?: (node: GraphNode) => boolean;
}

/**
 * Says of every node whether it has to run, from the store's entries and the external files' contents. A hit's
 * outputs are known, so keys are known as far down as the hits go.
 *
 * Fails, all at once, with every external file that cannot be read.
 */
export async function makePlan(
  graph: Graph,
  store: Pick<Store, 'find' | 'digestFile' | 'getText'>,
  codes: CodeDigests,
  { force = () => false }: ForcedNodes = {},
): Promise<Result<Plan, Failure[]>> {
  const digests = await digestFiles(graph, store);
  if (!digests.ok) return digests;

  const files = digests.value;
  const outputs = new Map<string, Entry['outputs']>();
  const planNode = async (node: GraphNode): Promise<PlannedNode> => {
    const inputs = resolveInputs(node, outputs);
    if (inputs === undefined) return { node, state: 'depends' };
    const final = await finalParameters(node, inputs, store.getText);
    // What is wrong with the settings, the run finds too: it has what chose them run again, or the node fail.
    if (final.type !== 'known') return { node, state: 'depends' };
    const { parameters } = final;
    const own = fileDigestsOf(node, files);
    const { key, preimage } = keyOf({ node, parameters, inputs, files: own, codes });
    const found = force(node) ? undefined : await store.find(key);
    if (found === undefined) return { node, state: 'run', key, preimage };
    // What the key was made of stands in both, and is kept once.
    const entry = joined(found, { preimage });
    outputs.set(node.id, entry.outputs);
    return { node, state: 'hit', key, preimage, entry };
  };
  // What is asked for a node waits for the answers to those that it needs, and for no other.
  const planned = new Map<string, Promise<PlannedNode>>();
  for (const node of graph.nodes) {
    const needs = nodesNeededBy(node);
    planned.set(
      node.id,
      needs.length === 0
        ? planNode(node)
        : Promise.all(needs.map((id) => planned.get(id))).then(() => planNode(node)),
    );
  }
  return success({ graph, nodes: await Promise.all(planned.values()), files });
}

/** The digests of a node's external files by name, from those of the plan; but for modules that are in its imports. */
export function fileDigestsOf(node: GraphNode, files: Plan['files']): { readonly [name: string]: Digest } {
  if (latestDigests?.of === node.files && latestDigests.files === files) return latestDigests.digests;
  // Every path of the graph's nodes is in the plan.
  const own = node.files.filter(({ isInImports }) => isInImports !== true);
  const digests = Object.fromEntries(own.map((file) => [file.name, files.get(file.path)!]));
  latestDigests = { of: node.files, files, digests };
  return digests;
}

/** Nodes of a matrix have their files in common. */
let latestDigests:
  | {
      readonly of: GraphNode['files'];
      readonly files: Plan['files'];
      readonly digests: { readonly [name: string]: Digest };
    }
  | undefined;

/** Where an external file is on disk. */
export function absolutePath(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}

async function digestFiles(
  graph: Graph,
  store: Pick<Store, 'digestFile'>,
): Promise<Result<Plan['files'], Failure[]>> {
  const failures: Failure[] = [];
  const digests = new Map<string, Digest>();
  const seen = new Set<string>();
  for (const file of [...new Set(graph.nodes.map(({ files }) => files))].flat()) {
    if (seen.has(file.path)) continue;
    seen.add(file.path);
    const digest = await store.digestFile(absolutePath(graph.root, file.path));
    if (digest.ok && digest.value.digest === (file.traced ?? digest.value.digest)) {
      digests.set(file.path, digest.value.digest);
    } else if (digest.ok) {
      const message = `${file.path} was changed after its imports were read`;
      failures.push({ reason: 'bad-data', message, location: file.location, hint: 'plan or run again' });
    } else {
      const failure = withNearestFile(graph.root, file.path, digest.failure);
      failures.push({ ...failure, location: file.location, ...hintWith(failure, file) });
    }
  }
  return failures.length > 0 ? failed(failures) : success(digests);
}

/** The hint, with what the file must hold where its kind tells. */
function hintWith({ hint }: Failure, { expected }: ExternalFile): Pick<Failure, 'hint'> {
  if (expected === undefined) return {};
  return { hint: [...(hint === undefined ? [] : [hint]), `expected: ${expected}`].join('\n') };
}
