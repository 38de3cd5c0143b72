import type { Failure } from '../base/failure.js';
import type { Graph, GraphNode } from '../pipeline/graph/graph.js';
import type { Outcome } from '../run/event.js';
import type { Digest, Entry } from '../store/entry.js';
import type { Provenance } from './provenance/provenance.js';

/** A node at the end of a run. */
export interface FinishedNode {
  readonly node: GraphNode;
  readonly outcome: Outcome;
  /** Why it ran or did not, as the events said. */
  readonly reason: string;
  readonly seconds: number;
  /** Absent where inputs never came to be. */
  readonly key?: Digest;
  /** Present where its outputs are there. */
  readonly entry?: Entry;
  readonly failure?: Pick<Failure, 'reason' | 'message'>;
  /** Its log, relative to the root, where it was executed. */
  readonly log?: string;
  /** It came to nothing, and left state from which the next attempt goes on. */
  readonly keepsState?: boolean;
  /** Where what it had written is, relative to the root, if it failed or was cancelled and had written anything. */
  readonly left?: string;
}

/** All that a report is made from. */
export interface FinishedRun {
  /** The run's tag. */
  readonly run: string;
  readonly graph: Graph;
  /** In the order of the graph. */
  readonly nodes: readonly FinishedNode[];
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly exitCode: number;
  readonly counts: { readonly [outcome in Outcome]: number };
  readonly provenance?: Provenance;
  /** What differed from the commit when it began. */
  readonly diff?: Buffer;
}
