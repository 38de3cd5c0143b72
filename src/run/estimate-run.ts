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
  const chains = chainLengths(nodes.map(({ id, needs, seconds }) => ({ id, needs, runs: seconds > 0 })));
  const ranks = new Map(
    nodes
      .toSorted((one, other) => (chains.get(other.id) ?? 0) - (chains.get(one.id) ?? 0))
      .map(({ id }, rank) => [id, rank]),
  );
  const ranked = nodes.map((node) => ({
    ...withinSlots(node, total.slots),
    rank: ranks.get(node.id) ?? 0,
  }));
  const missing = new Map(ranked.map((node) => [node.id, new Set(node.needs).size]));
  const dependents = new Map<string, (typeof ranked)[number][]>();
  for (const node of ranked) {
    for (const need of new Set(node.needs)) dependents.set(need, [...(dependents.get(need) ?? []), node]);
  }
  const ready = new ReadyNodes<(typeof ranked)[number]>();
  for (const node of ranked) if (missing.get(node.id) === 0) ready.add(node);
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
    for (const dependent of dependents.get(first.id) ?? []) {
      const left = (missing.get(dependent.id) ?? 0) - 1;
      missing.set(dependent.id, left);
      if (left === 0) ready.add(dependent);
    }
  }
}
