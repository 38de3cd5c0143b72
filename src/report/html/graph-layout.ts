import { Graph, layout } from '@dagrejs/dagre';
import { greatest } from '../../base/extremes.js';
import { type Box, boxGap, type Link, linkGap, rowsOfBoxes } from './graph-rows.js';
import { type RowItem, settleRows } from './settle-rows.js';

/** A box with its upper left corner. */
export interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An edge with its points, downwards in pairs: it leaves a row at one, and reaches the next at the other. */
export interface PlacedEdge extends Link {
  readonly points: readonly Point[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

const margin = 2;
const rowGap = 40;

/**
 * Places boxes in rows so that every edge points down, `mostWidth` wide at most where that can be had: what has no
 * place in a row goes into the next. The same graph gives the same places; one that was laid out last is not laid out
 * again.
 */
export function layoutGraph(boxes: readonly Box[], links: readonly Link[], mostWidth: number): GraphLayout {
  const plain = links.map(({ from, to }) => [from, to]);
  const asked = JSON.stringify([boxes, plain, mostWidth]);
  if (lastLayout?.asked !== asked) lastLayout = { asked, layout: newLayout(boxes, links, mostWidth) };
  return lastLayout.layout;
}

let lastLayout: { readonly asked: string; readonly layout: GraphLayout } | undefined;

function newLayout(boxes: readonly Box[], links: readonly Link[], mostWidth: number): GraphLayout {
  const innerWidth = mostWidth - 2 * margin;
  const rowOf = rowsOfBoxes(boxes, links, innerWidth);
  const { items, chains } = orderByCrossings(boxes, links, rowOf);
  const rows = inRows(
    [...items].map(([name, item]) => [rowOf.get(name) ?? 0, item] as const),
    chains,
    rowOf,
    links,
  );
  settleRows(rows, innerWidth);
  const all = rows.flat();
  const left = -greatest(all.map(({ x, width }) => width / 2 - x)) - margin;
  const right = greatest(all.map(({ x, width }) => x + width / 2)) + margin;
  const heights = rows.map((_, row) =>
    greatest(
      boxes.filter(({ name }) => rowOf.get(name) === row).map(({ height }) => height),
      0,
    ),
  );
  const tops = heights.map((_, row) =>
    heights.slice(0, row).reduce((sum, height) => sum + height + rowGap, margin),
  );
  const xOf = (name: string) => (items.get(name)?.x ?? 0) - left;
  const placed = boxes.map((box) => ({
    ...box,
    x: round(xOf(box.name) - box.width / 2),
    y: tops[rowOf.get(box.name) ?? 0] ?? 0,
  }));
  const byName = new Map(placed.map((box) => [box.name, box]));
  /** Where an edge that goes on at `x` touches a box: as near to that as its border allows. */
  const portX = (name: string, x: number) => {
    const box = byName.get(name);
    if (box === undefined) return x;
    const inset = box.width / 4;
    return Math.min(box.x + box.width - inset, Math.max(box.x + inset, x));
  };
  return {
    width: Math.ceil(right - left),
    height: Math.ceil((tops.at(-1) ?? 0) + (heights.at(-1) ?? 0) + margin),
    boxes: placed,
    edges: links.map(({ from, to }, index) => {
      const first = rowOf.get(from) ?? 0;
      const last = rowOf.get(to) ?? 0;
      const passed = (chains[index] ?? []).map((item) => item.x - left);
      const points = passed.flatMap((x, at) => {
        const row = first + 1 + at;
        const top = tops[row] ?? 0;
        return [
          { x, y: top },
          { x, y: top + (heights[row] ?? 0) },
        ];
      });
      const begin = {
        x: portX(from, passed[0] ?? xOf(to)),
        y: (tops[first] ?? 0) + (byName.get(from)?.height ?? 0),
      };
      const end = { x: portX(to, passed.at(-1) ?? xOf(from)), y: tops[last] ?? 0 };
      return { from, to, points: [begin, ...points, end].map(({ x, y }) => ({ x: round(x), y: round(y) })) };
    }),
  };
}

/** How strongly what an edge joins is drawn together: the straighter, the longer the edge. */
const pullOfBoxes = 1;
const pullOfPasses = 6;

/** What dagre knows a box by: its names are looked up in objects, where a step `constructor` is there before it is put. */
const idOf = (name: string) => `step ${name}`;

/** An item for each box, and for each edge one for each row that it passes, with x in an order of few crossings, by dagre. */
function orderByCrossings(
  boxes: readonly Box[],
  links: readonly Link[],
  rowOf: ReadonlyMap<string, number>,
): { readonly items: ReadonlyMap<string, RowItem>; readonly chains: readonly (readonly RowItem[])[] } {
  const graph = new Graph({ directed: true });
  // Ranks are given, and even: dagre keeps those between for labels.
  graph.setGraph({ rankdir: 'TB', ranker: 'none', nodesep: boxGap, edgesep: linkGap });
  for (const { name, width, height } of boxes) {
    graph.setNode(idOf(name), { width, height, rank: 2 * (rowOf.get(name) ?? 0) });
  }
  for (const { from, to } of links) graph.setEdge(idOf(from), idOf(to), {});
  layout(graph);
  const items = new Map<string, RowItem>(
    boxes.map(({ name, width }) => [
      name,
      { width, gap: boxGap, x: (graph.node(idOf(name)) as { x: number }).x, pulls: [] },
    ]),
  );
  const chains = links.map(({ from, to }) => {
    const { points } = graph.edge(idOf(from), idOf(to)) as { points: Point[] };
    const chain = points
      .slice(1, -1)
      .filter((_, index) => index % 2 === 1)
      .map(({ x }): RowItem => ({ width: 0, gap: linkGap, x, pulls: [] }));
    const all = [items.get(from), ...chain, items.get(to)].filter((item) => item !== undefined);
    for (const [index, item] of all.entries()) {
      const before = all[index - 1];
      if (before === undefined) continue;
      const weight = before.width === 0 && item.width === 0 ? pullOfPasses : pullOfBoxes;
      before.pulls.push({ to: item, weight });
      item.pulls.push({ to: before, weight });
    }
    return chain;
  });
  return { items, chains };
}

function inRows(
  boxes: readonly (readonly [row: number, item: RowItem])[],
  chains: readonly (readonly RowItem[])[],
  rowOf: ReadonlyMap<string, number>,
  links: readonly Link[],
): readonly (readonly RowItem[])[] {
  const rows: RowItem[][] = [];
  const add = (row: number, item: RowItem) => {
    rows[row] = [...(rows[row] ?? []), item];
  };
  for (const [row, item] of boxes) add(row, item);
  for (const [index, chain] of chains.entries()) {
    const first = rowOf.get(links[index]?.from ?? '') ?? 0;
    for (const [at, item] of chain.entries()) add(first + 1 + at, item);
  }
  return rows.map((row) => row.toSorted((one, other) => one.x - other.x));
}

/** A path through an edge's points: straight where it passes a row, and in between a curve that leaves and arrives upright. */
export function softPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map(({ x, y }, index) => {
    const before = points[index] ?? first;
    const middle = round((before.y + y) / 2);
    return x === before.x ? `V${y}` : `C${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
