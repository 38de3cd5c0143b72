import type { Digest } from '../base/canonical.js';
import type { Failure } from '../base/failure.js';
import type { Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
import type { Progress } from '../kinds/kind-body.js';
import type { FinalParameters } from '../pipeline/graph/chosen-settings.js';
import type { Demand, GraphNode } from '../pipeline/graph/graph.js';
import type { PlannedNode } from '../pipeline/plan/plan.js';
import { nodesNeededBy } from '../pipeline/plan/resolve-inputs.js';
import type { Entry, ObjectReference } from '../store/entry.js';
import type { Outcome } from './event.js';
import { chainLengths, withinSlots } from './resources.js';

/** How a node came out. */
export interface Settled {
  readonly outcome: Outcome;
  /** Why it ran, or why not. */
  readonly reason: string;
  readonly key?: Digest;
  readonly preimage?: JsonObject;
  /** Present for `ran`, `hit` and `joined`. */
  readonly entry?: Entry;
  readonly failure?: Failure;
  /** When it began to execute here. */
  readonly startedAt?: string;
  /** Wall time of the execution here, 0 where there was none. */
  readonly seconds: number;
  readonly threads?: number;
  /** Its log, relative to the root, where it was executed. */
  readonly log?: string;
  /** Where what it had written is, relative to the root, if it failed and had written anything. */
  readonly left?: string;
  /** Of one that was skipped: the node whose failure kept it from starting. */
  readonly after?: string;
  /** What it reported last. */
  readonly progress?: Progress;
  /** It left state from which the next attempt goes on. */
  readonly keepsState?: boolean;
}

/** Facts of an execution that an outcome carries. */
export type Timing = Pick<
  Settled,
  'startedAt' | 'seconds' | 'threads' | 'log' | 'left' | 'progress' | 'keepsState'
>;

/** A node whose key and inputs are known and which can start. */
export interface Startable {
  readonly node: GraphNode;
  readonly key: Digest;
  readonly preimage: JsonObject;
  /** As the body gets them. */
  readonly parameters: JsonObject;
  readonly inputs: { readonly [port: string]: Tree<ObjectReference> };
  /** To be computed although there may be an entry. */
  readonly forced: boolean;
}

/** What is found of a node whose inputs are known. */
export type LookUp =
  | (Omit<Startable, 'node' | 'forced'> & {
      readonly type: 'known';
      /** That of the key, where all its objects are there. */
      readonly entry: Entry | undefined;
    })
  | Extract<FinalParameters, { readonly type: 'refused' }>
  /** The settings' bytes are bad, or, `lost`, could not be had from a remote cache: what chose them runs again. */
  | { readonly type: 'unreadable'; readonly isLost?: boolean };

/** What a schedule asks of the world. Nothing here starts anything. */
export interface ScheduleWorld {
  /** Finds a node's key, with what has been chosen for it, and whether it has an entry; answers then or later, once. */
  lookUp(node: GraphNode, inputs: Startable['inputs'], answer: (found: LookUp) => void): void;
  /** Told once for each outcome; again only where bad objects changed it. */
  settled(node: GraphNode, settled: Settled): void;
  /** Told, where somebody wants to know, what is decided of a node whose inputs are known, and why. */
  decided?(node: GraphNode, decision: string): void;
}

export type Status =
  /** Something that it needs is not done. */
  | 'waiting'
  /** Its key is asked for. */
  | 'looked-up'
  | 'ready'
  | 'running'
  /** Another process computes its key. */
  | 'elsewhere'
  /** Another node of this run computes its key. */
  | 'following'
  | 'done';

/** What a schedule knows of a node. */
export interface State extends Demand {
  readonly node: GraphNode;
  readonly planned: PlannedNode;
  /** Place in the order in which ready nodes start. */
  rank: number;
  readonly needs: State[];
  readonly dependents: State[];
  readonly followers: State[];
  /** How many of `needs` have no entry yet. */
  missing: number;
  status: Status;
  forced: boolean;
  /** The entry found at planning may still stand for it. */
  asPlanned: boolean;
  /** Something that it needs was taken back while it was under way. */
  stale: boolean;
  repairs: number;
  /** How often it was looked up: an answer to an earlier question no longer counts. */
  lookUps: number;
  resolved?: Omit<Startable, 'node' | 'forced'>;
  settled?: Settled;
  /** Its outcome before something that it needs was taken back. */
  before?: Settled;
}

/**
 * Where every node stands before anything has started; by id, in the plan's order.
 */
export function statesOf(
  nodes: readonly PlannedNode[],
  isForced: (node: GraphNode) => boolean,
  slotsFor: (node: GraphNode) => number,
): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const planned of nodes) {
    const { node } = planned;
    const forced = isForced(node);
    // Nodes stand in an order in which every input comes earlier.
    const needs = nodesNeededBy(node).map((id) => states.get(id)!);
    const state: State = {
      node,
      planned,
      ...withinSlots(node.resources, slotsFor(node)),
      rank: 0,
      needs,
      dependents: [],
      followers: [],
      missing: needs.length,
      status: 'waiting',
      forced,
      asPlanned: planned.entry !== undefined && !forced,
      stale: false,
      repairs: 0,
      lookUps: 0,
    };
    for (const need of needs) need.dependents.push(state);
    states.set(node.id, state);
  }
  rankByChain([...states.values()]);
  return states;
}

/** The longest chain of nodes still to run goes first; before it what is derived from a node, which is soon done. */
function rankByChain(states: readonly State[]): void {
  const lengths = chainLengths(
    states.map(({ node, needs, asPlanned }) => ({
      id: node.id,
      needs: needs.map((need) => need.node.id),
      runs: !asPlanned,
    })),
  );
  states
    .toSorted(
      (a, b) =>
        Number(b.node.derivedFrom !== undefined) - Number(a.node.derivedFrom !== undefined) ||
        (lengths.get(b.node.id) ?? 0) - (lengths.get(a.node.id) ?? 0),
    )
    .forEach((state, rank) => {
      state.rank = rank;
    });
}
