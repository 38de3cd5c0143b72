import { identityOf, readRegister } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import type { Digest } from '../../base/canonical.js';
import type { Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { shortDigest } from '../../base/quantities.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
import type { Source } from '../../pipeline/graph/port-tree.js';
import { type Comparable, createManifestReader, differencesInOneLine } from '../../pipeline/plan/explain.js';
import { preimageBeforeInputs } from '../../pipeline/plan/keys.js';
import { fileDigestsOf } from '../../pipeline/plan/make-plan.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import type { PlannedPipeline } from './plan-pipeline.js';

/** How many runs back a node is looked for. */
const runsToLookAt = 50;

/** A node as an earlier run listed it. */
export interface Listing {
  /** `<pipeline>/<run>` */
  readonly run: string;
  readonly key: Digest;
  readonly outcome: ManifestNode['outcome'];
}

/** What earlier runs of a pipeline say of its nodes; manifests are read when they are needed, each once. */
export interface NodeHistory {
  /** The runs that list a node with a key, the latest first. */
  listingsOf(node: string): Generator<Listing>;
  /** The pre-image that a node had in the latest run that lists it and whose entry is still there. */
  latestOf(node: string): Promise<Comparable | undefined>;
}

/** Opens the history of the project's pipeline as it is now, before a run adds to it. */
export function openNodeHistory({ root, graph, store }: PlannedPipeline): NodeHistory {
  const identities = readRegister(root)
    .runs.filter((one) => one.pipeline === graph.name)
    .map(identityOf)
    .reverse()
    .slice(0, runsToLookAt);
  const manifests: ReadonlyMap<string, ManifestNode>[] = [];
  const manifestAt = (index: number) => {
    manifests[index] ??= new Map(
      readManifest(root, identities[index] ?? '')?.nodes.map((node) => [node.id, node]),
    );
    return manifests[index];
  };
  function* listingsOf(node: string): Generator<Listing> {
    for (const [index, run] of identities.entries()) {
      const listed = manifestAt(index).get(node);
      if (listed?.key !== undefined) yield { run, key: listed.key, outcome: listed.outcome };
    }
  }
  return {
    listingsOf,
    async latestOf(node) {
      for (const { run, key } of listingsOf(node)) {
        const preimage = (await store.readEntry(key))?.preimage;
        if (preimage !== undefined) return { preimage, source: `run ${run}` };
      }
      return undefined;
    },
  };
}

/**
 * The pre-image that the node's segment before it had, or the nearest before that; undefined for a node that is no
 * segment, or where no run has had one.
 */
export async function latestSegmentBefore(
  { graph }: PlannedPipeline,
  history: NodeHistory,
  node: GraphNode,
): Promise<Comparable | undefined> {
  const nodes = new Map(graph.nodes.map((one) => [one.id, one]));
  for (let at: GraphNode | undefined = node; at !== undefined; ) {
    const previous: Tree<Source> | undefined =
      at.carriedAt === undefined ? undefined : own(at.inputs, at.carriedAt);
    if (previous?.type !== 'file') return undefined;
    const { node: id } = previous.leaf;
    const latest = await history.latestOf(id);
    if (latest !== undefined) return { ...latest, source: `${id} of ${latest.source}` };
    at = nodes.get(id);
  }
  return undefined;
}

/** What is known of the pre-image of a node in a plan; its inputs may be missing. */
export function knownPreimage({ plan, codes }: PlannedPipeline, { node, preimage }: PlannedNode): JsonObject {
  if (preimage !== undefined) return preimage;
  const parameters = node.withSettings === undefined ? node.parameters : undefined;
  return preimageBeforeInputs({ node, parameters, files: fileDigestsOf(node, plan.files), codes });
}

/** Says in one line why a node whose pre-image is known has to run. */
export type ReasonFor = (node: GraphNode, preimage: JsonObject, key: Digest) => Promise<string>;

/** Reasons from the difference to the latest run that lists a node. */
export function createReasons(project: PlannedPipeline, history = openNodeHistory(project)): ReasonFor {
  const { store, codes } = project;
  const readManifestOfCode = createManifestReader(codes, store, project.graph.nodes);
  return async (node, preimage, key) => {
    if (project.isForced(node)) return 'forced';
    const [latest] = history.listingsOf(node.id);
    if (latest === undefined) return 'new';
    if (latest.key === key) {
      return latest.outcome === 'ran' || latest.outcome === 'hit' || latest.outcome === 'joined'
        ? `result ${shortDigest(key)} is missing from the cache or bad`
        : `${latest.outcome} in run ${latest.run}`;
    }
    const before = await history.latestOf(node.id);
    if (before === undefined) return 'new';
    const line = await differencesInOneLine(before.preimage, preimage, readManifestOfCode);
    // Equal to an older run's, whose entry is there but whose objects are not.
    return line === '' ? 'its result is missing from the cache or bad' : line;
  };
}

/** The reasons of all nodes of a plan that are to run, and of those that depend what has changed beside their inputs. */
export async function reasonsOfPlan(project: PlannedPipeline): Promise<(planned: PlannedNode) => string> {
  const { store, codes } = project;
  const history = openNodeHistory(project);
  const readManifestOfCode = createManifestReader(codes, store, project.graph.nodes);
  const reasonFor = createReasons(project, history);
  const reasons = new Map<PlannedNode, string>();
  for (const planned of project.plan.nodes) {
    const { node, state, key, preimage } = planned;
    if (state === 'run' && key !== undefined && preimage !== undefined) {
      reasons.set(planned, await reasonFor(node, preimage, key));
    }
    const before = state === 'depends' ? await history.latestOf(node.id) : undefined;
    if (before === undefined) continue;
    const known = knownPreimage(project, planned);
    reasons.set(planned, await differencesInOneLine(before.preimage, known, readManifestOfCode));
  }
  return (planned) => reasons.get(planned) ?? '';
}
