import type { Demand } from '../pipeline/graph/graph.js';
import { ReadyNodes } from './ready-nodes.js';
import { chainLengths, giveBack, type Resources, take, withinSlots } from './resources.js';

/** A node as far as it matters for how long a run takes. */
export interface ExpectedNode extends Demand {
  readonly id: string;
  readonly needs: readonly string[];
  /** How long it will take, in seconds; 0 where its result is there. */
  readonly seconds: number;
}

/**
 * How long a run takes, in seconds, where every node takes what is expected and starts as the scheduler would start
 * it. `nodes` stand in an order in which what a node needs comes earlier.
 */
export function estimateRun(nodes: readonly ExpectedNode[], total: Resources): number {
  if (nodes.every(({ seconds }) => seconds === 0)) return 0;
  const { ready, ended } = createQueue(ranked(nodes, total.slots));
  const running: { readonly end: number; readonly granted: Resources; readonly id: string }[] = [];
  let free = total;
  let now = 0;
  for (;;) {
    for (let next = ready.take(free); next !== undefined; next = ready.take(free)) {
      free = take(free, next.granted);
      running.push({ end: now + next.node.seconds, granted: next.granted, id: next.node.id });
    }
    const first = running.reduce<(typeof running)[number] | undefined>(
      (earliest, one) => (earliest === undefined || one.end < earliest.end ? one : earliest),
      undefined,
    );
    // What is left then can never start, and takes no time.
    if (first === undefined) return now;
    now = first.end;
    running.splice(running.indexOf(first), 1);
    free = giveBack(free, first.granted);
    ended(first.id);
  }
}

interface RankedNode extends ExpectedNode {
  readonly rank: number;
}

/** With the place of each in the order in which the scheduler starts them, which is by the longest chain. */
function ranked(nodes: readonly ExpectedNode[], slots: number): readonly RankedNode[] {
  const chains = chainLengths(nodes.map(({ id, needs, seconds }) => ({ id, needs, runs: seconds > 0 })));
  const ordered = nodes.toSorted((one, other) => (chains.get(other.id) ?? 0) - (chains.get(one.id) ?? 0));
  const ranks = new Map(ordered.map(({ id }, rank) => [id, rank]));
  return nodes.map((node) => ({ ...withinSlots(node, slots), rank: ranks.get(node.id) ?? 0 }));
}

/** The nodes that can start; of a node that has ended, those that needed nothing else become some of them. */
function createQueue(nodes: readonly RankedNode[]) {
  const missing = new Map(nodes.map((node) => [node.id, new Set(node.needs).size]));
  const dependents = new Map<string, RankedNode[]>();
  for (const node of nodes) {
    for (const need of new Set(node.needs)) dependents.set(need, [...(dependents.get(need) ?? []), node]);
  }
  const ready = new ReadyNodes<RankedNode>();
  for (const node of nodes) if (missing.get(node.id) === 0) ready.add(node);
  const ended = (id: string): void => {
    for (const dependent of dependents.get(id) ?? []) {
      const left = (missing.get(dependent.id) ?? 0) - 1;
      missing.set(dependent.id, left);
      if (left === 0) ready.add(dependent);
    }
  };
  return { ready, ended };
}
