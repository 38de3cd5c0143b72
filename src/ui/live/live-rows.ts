import { formatSeconds } from '../../base/quantities.js';
import { displayWidth } from '../../base/terminal-text.js';
import { fitSpans, fitText, type TextSpan } from '../fit-text.js';
import { type ListItem, listItems, selectedIndex } from './list-items.js';
import { columnsOf, curveRows, type Drawing, itemRow } from './list-rows.js';
import { type Chosen, stepWithNode } from './press-key.js';
import { expectedTotal, resourcesInUse } from './run-progress.js';
import { nodesByState, type ViewState } from './view-state.js';

export interface LiveDrawing extends Drawing {
  /** Rows of the terminal. */
  readonly height: number;
  /** Whether keys are listened to. */
  readonly hasKeys: boolean;
  /** Whether the run is being stopped. */
  readonly isStopping: boolean;
  /** The last lines of a log, given its path relative to the root. */
  readonly tailOf: (log: string) => readonly string[];
}

/** What leaves room above for the lines that have been told. */
function mostRows(height: number): number {
  return Math.max(3, Math.min(height - 1, Math.max(12, Math.floor(height * 0.6))));
}

/** The whole live view: rows of at most `width` columns, fewer than the terminal has. */
export function liveRows(state: ViewState, chosen: Chosen, drawing: LiveDrawing): readonly string[] {
  const { height } = drawing;
  const most = mostRows(height);
  const below = footer(state, chosen, drawing).slice(0, most - 1);
  const room = most - below.length - (height >= 16 ? 1 : 0);
  const above =
    chosen.log === undefined
      ? listRows(state, chosen, drawing, room)
      : logRows(state, chosen.log, drawing, room);
  // Sets the view off from what was told.
  const gap = above.length + below.length < most && height >= 16 ? [''] : [];
  return [...gap, ...above, ...below];
}

/** As much of the list as fits, the selected item in sight; curves take up to half of it. */
function listRows(state: ViewState, chosen: Chosen, drawing: LiveDrawing, room: number): readonly string[] {
  const { width, symbols } = drawing;
  const items = listItems(state, chosen.expanded);
  const selected = selectedIndex(items, chosen.selected);
  const curves = new Map<ListItem, readonly string[]>();
  let taken = 0;
  for (const item of items) {
    const rows = item.type === 'step' ? curveRows(item.step, state, drawing) : [];
    const drawn = rows.slice(0, Math.floor(room / 2) - taken);
    taken += drawn.length;
    curves.set(item, drawn);
  }
  const isAll = items.length + taken <= room;
  const shown = isAll ? items.length : room - taken - 1;
  const from = Math.min(Math.max(0, selected - Math.floor(shown / 2)), items.length - shown);
  const seen = items.slice(from, from + shown);
  const columns = columnsOf(seen, width);
  const rows = seen.flatMap((item, index) => [
    itemRow(item, from + index === selected, columns, drawing),
    ...(curves.get(item) ?? []),
  ]);
  if (isAll) return rows;
  const note = [
    ...(from > 0 ? [`${symbols.up} ${from} more`] : []),
    ...(items.length > from + shown ? [`${symbols.down} ${items.length - from - shown} more`] : []),
  ];
  return [...rows, fitSpans([{ text: `  ${note.join('  ')}` }], width, symbols.cut)];
}

function logRows(
  state: ViewState,
  { node: id, scrolled }: NonNullable<Chosen['log']>,
  drawing: LiveDrawing,
  room: number,
): readonly string[] {
  const { symbols, style, width } = drawing;
  const node = stepWithNode(state, id)?.nodes.get(id);
  const lines = node?.log === undefined ? [] : drawing.tailOf(node.log);
  const shown = Math.max(0, room - 2);
  const last = Math.max(Math.min(shown, lines.length), lines.length - scrolled);
  const body =
    lines.length > 0
      ? lines.slice(Math.max(0, last - shown), last)
      : [
          node?.log === undefined
            ? `not executed in this run: ${node?.state ?? ''}, ${node?.reason ?? ''}`
            : 'nothing yet',
        ];
  const path = node?.log ?? '';
  const rows = [
    fitSpans([{ text: id, mark: style.bold }, { text: `  ${node?.state ?? ''}` }], width, symbols.cut),
    // Its end says more than its beginning.
    fitText(path.length > width ? `${symbols.cut}${path.slice(1 - width)}` : path, width, symbols.cut),
    ...body
      .slice(0, shown)
      .map(
        (line) =>
          `${style.dim(symbols.rule)} ${fitText(line.replaceAll('\t', '  '), width - 2, symbols.cut)}`,
      ),
  ];
  return rows.slice(0, room);
}

function footer(state: ViewState, chosen: Chosen, drawing: LiveDrawing): readonly string[] {
  const help = chosen.help && drawing.hasKeys ? helpRows(drawing) : [];
  return [...help, totalRow(state, drawing), resourceRow(state, chosen, drawing)];
}

/** How much of the run is done, and when it may end. */
function totalRow(state: ViewState, { width, now, style, symbols }: LiveDrawing): string {
  const counts = state.steps.map(nodesByState);
  const sum = (pick: (one: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + pick(one), 0);
  const open = sum(({ waiting, running }) => waiting + running);
  const known = state.steps.reduce((total, step) => total + step.total, 0);
  const derived = state.steps.flatMap((step) => [...step.derived.values()]);
  const done = known - open + derived.filter((view) => view.state !== 'running').length;
  const failed = sum((one) => one.failed);
  const elapsed = Math.max(0, (now - state.startedAt) / 1000);
  const total = expectedTotal(state, now);
  const isLong = total !== undefined && total > elapsed && done < state.nodes;
  const time = `${formatSeconds(elapsed)}${isLong ? ` of about ${formatSeconds(total)}` : ''}`;
  const tail: readonly TextSpan[] = [
    { text: `  ${done}/${state.nodes} nodes` },
    ...(failed > 0 ? [{ text: `  ${failed} failed`, mark: style.red }] : []),
    { text: `  ${time}` },
  ];
  const taken = tail.reduce((columns, { text }) => columns + displayWidth(text), 0);
  const bar = Math.min(40, width - taken);
  const full = state.nodes === 0 ? 0 : Math.round((bar * done) / state.nodes);
  const drawn: readonly TextSpan[] =
    bar < 6
      ? []
      : [
          { text: symbols.barFull.repeat(full), mark: style.green },
          { text: symbols.barEmpty.repeat(bar - full), mark: style.dim },
        ];
  return fitSpans([...drawn, ...tail], width, symbols.cut);
}

/** What is in use, and what keys there are. */
function resourceRow(
  state: ViewState,
  chosen: Chosen,
  { width, symbols, hasKeys, isStopping, style }: LiveDrawing,
): string {
  const used = resourcesInUse(state);
  const parts = [
    `slots ${used.slots}/${state.slots}`,
    ...(state.gpus > 0 ? [`gpu ${used.gpus}/${state.gpus}`] : []),
    ...(state.engine === '' ? [] : [state.engine]),
  ];
  const left = parts.join('  ');
  if (isStopping) {
    return fitSpans([{ text: left }, { text: '  stopping', mark: style.yellow }], width, symbols.cut);
  }
  if (!hasKeys) return fitSpans([{ text: left }], width, symbols.cut);
  const keys =
    chosen.log === undefined
      ? `${symbols.up}${symbols.down} select  ${symbols.right} unfold  enter log  q stop  ? help`
      : `${symbols.up}${symbols.down} scroll  ${symbols.left}${symbols.right} nodes  esc back  q stop`;
  const short = chosen.log === undefined ? 'enter log  q stop  ? help' : 'esc back  q stop';
  const shown = [keys, short].find((text) => displayWidth(left) + displayWidth(text) + 2 <= width) ?? '';
  const gap = ' '.repeat(Math.max(2, width - displayWidth(left) - displayWidth(shown)));
  return fitSpans([{ text: `${left}${gap}` }, { text: shown, mark: style.dim }], width, symbols.cut);
}

function helpRows({ width, symbols, style }: LiveDrawing): readonly string[] {
  const { up, down, left, right } = symbols;
  const rows: readonly (readonly [keys: string, meaning: string])[] = [
    [`${up} ${down}, k j`, 'select a line; scroll a log'],
    [`${right} ${left}, l h`, 'unfold, fold; the next node of an open log'],
    ['enter', 'open the log of the line, and close it'],
    ['q', 'stop in order; what is done is kept'],
    ['Ctrl-C', 'the same; twice ends at once'],
  ];
  return rows.map(([keys, meaning]) =>
    fitSpans([{ text: `  ${keys.padEnd(11)}`, mark: style.bold }, { text: meaning }], width, symbols.cut),
  );
}
