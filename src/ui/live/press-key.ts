import { type ListItem, listItems, loggedNode, overId, selectedIndex } from './list-items.js';
import type { StepView, ViewState } from './view-state.js';

export type PressedKey =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'first'
  | 'last'
  | 'enter'
  | 'escape'
  | 'stop'
  | 'help'
  | 'interrupt'
  | 'suspend';

/** What the user has chosen to see. */
export interface Chosen {
  /** Id of a list item. */
  readonly selected?: string;
  /** Ids of list items that are unfolded. */
  readonly expanded: readonly string[];
  readonly help: boolean;
  /** The node whose log is open, and how many lines from its end are scrolled over. */
  readonly log?: { readonly node: string; readonly scrolled: number };
}

export const nothingChosen: Chosen = { expanded: [], help: false };

/** What a key asks of the run. */
export type Action = 'stop' | 'interrupt' | 'suspend';

/** What a key does to what is seen, and what it asks of the run; `logLines` is how many lines an open log has. */
export function pressKey(
  chosen: Chosen,
  key: PressedKey,
  state: ViewState,
  logLines = 0,
): { readonly chosen: Chosen; readonly action?: Action } {
  switch (key) {
    case 'stop':
    case 'interrupt':
    case 'suspend':
      return { chosen, action: key };
    case 'help':
      return { chosen: { ...chosen, help: !chosen.help } };
    default:
      return {
        chosen:
          chosen.log === undefined
            ? moveInList(chosen, key, state)
            : moveInLog(chosen, chosen.log, key, state, logLines),
      };
  }
}

type Move = Exclude<PressedKey, Action | 'help'>;

function moveInList(chosen: Chosen, key: Move, state: ViewState): Chosen {
  const items = listItems(state, chosen.expanded);
  const index = selectedIndex(items, chosen.selected);
  const item = items[index];
  const select = (to: number): Chosen => {
    const id = items[Math.min(items.length - 1, Math.max(0, to))]?.id;
    return id === undefined ? chosen : { ...chosen, selected: id };
  };
  switch (key) {
    case 'up':
      return select(index < 0 ? items.length - 1 : index - 1);
    case 'down':
      return select(index + 1);
    case 'first':
      return select(0);
    case 'last':
      return select(items.length - 1);
    case 'right':
      return item === undefined || item.type === 'node' ? chosen : unfold(chosen, item.id);
    case 'left':
      return item === undefined ? chosen : foldAround(chosen, item);
    case 'enter':
      return openItem(chosen, item);
    case 'escape': {
      const { selected: _, ...rest } = chosen;
      return chosen.help ? { ...chosen, help: false } : rest;
    }
  }
}

/** Opens the log of a node; folds or unfolds the steps that are over. */
function openItem(chosen: Chosen, item: ListItem | undefined): Chosen {
  if (item?.type === 'over') {
    return chosen.expanded.includes(overId) ? fold(chosen, overId) : unfold(chosen, overId);
  }
  const node = loggedNode(item);
  return node === undefined ? chosen : { ...chosen, log: { node: node.node, scrolled: 0 } };
}

function unfold(chosen: Chosen, id: string): Chosen {
  if (chosen.expanded.includes(id)) return chosen;
  return { ...chosen, selected: id, expanded: [...chosen.expanded, id] };
}

function fold(chosen: Chosen, id: string): Chosen {
  return { ...chosen, selected: id, expanded: chosen.expanded.filter((one) => one !== id) };
}

/** Folds the item, or what it is in. */
function foldAround(chosen: Chosen, item: ListItem): Chosen {
  if (item.type === 'node') return fold(chosen, `step ${item.step.step}`);
  if (chosen.expanded.includes(item.id)) return fold(chosen, item.id);
  return item.type === 'step' && item.isNested ? fold(chosen, overId) : chosen;
}

function moveInLog(
  chosen: Chosen,
  log: NonNullable<Chosen['log']>,
  key: Move,
  state: ViewState,
  logLines: number,
): Chosen {
  const scrollTo = (scrolled: number): Chosen => ({
    ...chosen,
    log: { ...log, scrolled: Math.min(Math.max(0, logLines - 1), Math.max(0, scrolled)) },
  });
  switch (key) {
    case 'enter':
    case 'escape': {
      const { log: _, ...rest } = chosen;
      return rest;
    }
    case 'up':
      return scrollTo(log.scrolled + 1);
    case 'down':
      return scrollTo(log.scrolled - 1);
    case 'first':
      return scrollTo(logLines);
    case 'last':
      return scrollTo(0);
    case 'left':
    case 'right': {
      const nodes = [...(stepWithNode(state, log.node)?.nodes.keys() ?? [])];
      const node = nodes[nodes.indexOf(log.node) + (key === 'left' ? -1 : 1)];
      return node === undefined ? chosen : { ...chosen, log: { node, scrolled: 0 } };
    }
  }
}

/** The step that a node is of. */
export function stepWithNode({ steps }: Pick<ViewState, 'steps'>, node: string): StepView | undefined {
  return steps.find((step) => step.nodes.has(node));
}
