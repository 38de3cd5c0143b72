import type { PlanState } from './plan.js';

/**
 * The nodes without those derived ones that go the way of what they are derived from: such a one is told by itself only
 * where it alone is to run, as after a change of the code that derives it.
 */
export function shownNodes<One extends { readonly state: PlanState }>(
  nodes: readonly One[],
  nameOf: (one: One) => { readonly id: string; readonly derivedFrom?: string | undefined },
): readonly One[] {
  const states = new Map(nodes.map((one) => [nameOf(one).id, one.state]));
  return nodes.filter((one) => {
    const { derivedFrom } = nameOf(one);
    return derivedFrom === undefined || (one.state !== 'hit' && states.get(derivedFrom) === 'hit');
  });
}
