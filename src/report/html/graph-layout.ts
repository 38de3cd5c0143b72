import { Graph, layout } from '@dagrejs/dagre';

/** A box to be placed; sizes in CSS pixels. */
export interface Box {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** A box with its upper left corner. */
export interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
}

/** An edge with the points that it runs through. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

const margin = 10;

/** Places boxes from top to bottom so that every edge points down. The same graph gives the same places. */
export function layoutGraph(
  boxes: readonly Box[],
  edges: readonly { readonly from: string; readonly to: string }[],
): GraphLayout {
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 14, edgesep: 6, ranksep: 34, marginx: margin, marginy: margin });
  for (const { name, width, height } of boxes) graph.setNode(name, { width, height });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: boxes.map((box) => {
      const { x, y } = graph.node(box.name) as { x: number; y: number };
      return { ...box, x: round(x - box.width / 2), y: round(y - box.height / 2) };
    }),
    edges: edges.map(({ from, to }) => {
      const { points } = graph.edge(from, to) as { points: { x: number; y: number }[] };
      return { from, to, points: points.map(({ x, y }) => ({ x: round(x), y: round(y) })) };
    }),
  };
}

/** A path through points that bends softly at each. */
export function softPath(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map(({ x, y }, index) => {
    const next = rest[index + 1] ?? last;
    const isLastBend = index === rest.length - 2;
    const end = isLastBend ? last : { x: round((x + next.x) / 2), y: round((y + next.y) / 2) };
    return `Q${x} ${y} ${end.x} ${end.y}`;
  });
  return `M${first.x} ${first.y}${bends.length === 0 ? `L${last.x} ${last.y}` : bends.join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
