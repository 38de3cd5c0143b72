import type { Digest } from '../base/canonical.js';
import type { JsonObject } from '../base/json.js';
import { type Comparable, createManifestReader, differences } from '../pipeline/explain.js';
import type { GraphNode } from '../pipeline/graph.js';
import type { PlannedNode } from '../pipeline/plan.js';
import { identityOf, readRegister } from '../report/register.js';
import { type ManifestNode, readManifest } from '../report/run-documents.js';
import { shortDigest } from '../ui/quantities.js';
import type { PlannedProject } from './open-project.js';

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
  latestOf(node: string): Comparable | undefined;
}

/** Opens the history of the project's pipeline as it is now, before a run adds to it. */
export function openNodeHistory({ root, graph, store }: PlannedProject): NodeHistory {
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
    latestOf(node) {
      for (const { run, key } of listingsOf(node)) {
        const preimage = store.readEntry(key)?.preimage;
        if (preimage !== undefined) return { preimage, source: `run ${run}` };
      }
      return undefined;
    },
  };
}

/** Says in one line why a node whose pre-image is known has to run. */
export type ReasonFor = (node: GraphNode, preimage: JsonObject, key: Digest) => Promise<string>;

/** Reasons from the difference to the latest run that lists a node. */
export function createReasons(project: PlannedProject): ReasonFor {
  const { store, codes } = project;
  const history = openNodeHistory(project);
  const readManifestOfCode = createManifestReader(codes, store);
  return async (node, preimage, key) => {
    if (project.isForced(node)) return 'forced';
    const [latest] = history.listingsOf(node.id);
    if (latest === undefined) return 'new';
    if (latest.key === key) {
      return latest.outcome === 'ran' || latest.outcome === 'hit' || latest.outcome === 'joined'
        ? `result ${shortDigest(key)} is missing from the cache or bad`
        : `${latest.outcome} in run ${latest.run}`;
    }
    const before = history.latestOf(node.id);
    if (before === undefined) return 'new';
    const lines = await differences(before.preimage, preimage, readManifestOfCode);
    // Equal to an older run's, whose entry is there but whose objects are not.
    return lines.length === 0 ? 'its result is missing from the cache or bad' : lines.join('; ');
  };
}

/** The reasons of all nodes of a plan that are to run. */
export async function reasonsOfPlan(project: PlannedProject): Promise<(planned: PlannedNode) => string> {
  const reasonFor = createReasons(project);
  const reasons = new Map<PlannedNode, string>();
  for (const planned of project.plan.nodes) {
    const { node, state, key, preimage } = planned;
    if (state !== 'run' || key === undefined || preimage === undefined) continue;
    reasons.set(planned, await reasonFor(node, preimage, key));
  }
  return (planned) => reasons.get(planned) ?? '';
}
