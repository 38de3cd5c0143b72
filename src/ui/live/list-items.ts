import { isSettled, type NodeView, nodesByState, type StepView, type ViewState } from './view-state.js';

/** How a step stands, which decides where it is listed. */
export type Standing = 'failed' | 'active' | 'waiting' | 'done' | 'stopped';

/** A line of the list that can be selected. */
export type ListItem =
  /** What is over, folded into one line. */
  | { readonly type: 'over'; readonly id: string; readonly steps: readonly StepView[] }
  | { readonly type: 'step'; readonly id: string; readonly step: StepView; readonly isNested: boolean }
  | { readonly type: 'node'; readonly id: string; readonly step: StepView; readonly node: NodeView };

/** The id of the line that what is over is folded into. */
export const overId = 'over';

/** How the step stands by the outcomes of its nodes, a failure before all else. */
export function standingOf(step: StepView): Standing {
  const counts = nodesByState(step);
  if (counts.failed > 0) return 'failed';
  if (step.nodes.size === 0) return 'waiting';
  if (!isSettled(step)) return 'active';
  return counts.skipped + counts.cancelled > 0 ? 'stopped' : 'done';
}

/**
 * The list: what is over as one line, what failed, what is under way, what waits; within each in the pipeline's
 * order. The ids in `expanded` are unfolded.
 */
export function listItems(state: Pick<ViewState, 'steps'>, expanded: readonly string[]): readonly ListItem[] {
  const standings = new Map(state.steps.map((step) => [step, standingOf(step)]));
  const of = (...wanted: readonly Standing[]) =>
    state.steps.filter((step) => wanted.includes(standings.get(step) ?? 'waiting'));
  const stepItems = (steps: readonly StepView[], isNested: boolean): readonly ListItem[] =>
    steps.flatMap((step): readonly ListItem[] => {
      const id = `step ${step.step}`;
      const item: ListItem = { type: 'step', id, step, isNested };
      if (!expanded.includes(id) || step.total < 2) return [item];
      return [
        item,
        ...[...step.nodes.values()].map(
          (node): ListItem => ({ type: 'node', id: `node ${node.node}`, step, node }),
        ),
      ];
    });
  const over = of('done', 'stopped');
  return [
    ...(over.length === 0 ? [] : [{ type: 'over', id: overId, steps: over } as const]),
    ...(expanded.includes(overId) ? stepItems(over, true) : []),
    ...stepItems([...of('failed'), ...of('active'), ...of('waiting')], false),
  ];
}

/** Where the selected item is in the list; a step that is over by now is found in what is over. -1 without one. */
export function selectedIndex(items: readonly ListItem[], selected: string | undefined): number {
  if (selected === undefined) return -1;
  const index = items.findIndex(({ id }) => id === selected);
  return index < 0 && items[0]?.type === 'over' ? 0 : index;
}

/** The node whose log says most about an item: what runs, else what failed, else what was executed last. */
export function loggedNode(item: ListItem | undefined): NodeView | undefined {
  if (item === undefined || item.type === 'over') return undefined;
  if (item.type === 'node') return item.node;
  const nodes = [...item.step.nodes.values()];
  return (
    nodes.findLast(({ state }) => state === 'running') ??
    nodes.find(({ state }) => state === 'failed') ??
    nodes.findLast(({ log }) => log !== undefined) ??
    nodes.at(-1)
  );
}
