import { describe, expect, it } from 'vitest';
import { layoutGraph, type PlacedBox, softPath } from '../../../src/report/html/graph-layout.js';

const boxes = ['a', 'b', 'c', 'd', 'lone'].map((name) => ({ name, width: 100, height: 40 }));
const edges = [
  { from: 'a', to: 'b' },
  { from: 'a', to: 'c' },
  { from: 'b', to: 'd' },
  { from: 'c', to: 'd' },
  { from: 'a', to: 'd' },
];

/** Whether a point is on the border of a box, or inside it. */
function isAt(box: PlacedBox | undefined, point: { x: number; y: number } | undefined): boolean {
  if (box === undefined || point === undefined) return false;
  const isWithin = (value: number, from: number, size: number) => value > from - 1 && value < from + size + 1;
  return isWithin(point.x, box.x, box.width) && isWithin(point.y, box.y, box.height);
}

describe('the layout of the graph', () => {
  const layout = layoutGraph(boxes, edges, 936);
  const at = new Map(layout.boxes.map((box) => [box.name, box]));

  it('points every edge down, from one box to the other', () => {
    expect(layout.edges).toHaveLength(edges.length);
    for (const { from, to, points } of layout.edges) {
      const [above, below] = [at.get(from), at.get(to)];
      expect(above && below && above.y + above.height < below.y).toBe(true);
      expect([isAt(above, points[0]), isAt(below, points.at(-1))]).toEqual([true, true]);
    }
  });

  it('knows steps by any name', () => {
    const names = ['constructor', 'toString', '__proto__', '1', '0', 'hasOwnProperty'];
    const { boxes: placed, ...rest } = layoutGraph(
      names.map((name) => ({ name, width: 100, height: 40 })),
      names.slice(1).map((to, index) => ({ from: names[index] ?? '', to })),
      936,
    );
    const plain = layoutGraph(
      names.map((_, index) => ({ name: `s${index}`, width: 100, height: 40 })),
      names.slice(1).map((_, index) => ({ from: `s${index}`, to: `s${index + 1}` })),
      936,
    );
    expect(placed.map(({ name: _, ...place }) => place)).toEqual(
      plain.boxes.map(({ name: _, ...place }) => place),
    );
    expect(rest.edges.map(({ points }) => points)).toEqual(plain.edges.map(({ points }) => points));
  });

  it('lets no two boxes overlap, and keeps all inside', () => {
    for (const one of layout.boxes) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(layout.width);
      expect(one.y + one.height).toBeLessThanOrEqual(layout.height);
      for (const other of layout.boxes) {
        if (one === other) continue;
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(apart, `${one.name} ${other.name}`).toBe(true);
      }
    }
  });

  it('is the same for the same graph', () => {
    const again = layoutGraph(boxes, edges, 936);
    // A narrower one has its own places, and after it this one is made anew.
    expect(layoutGraph(boxes, edges, 150)).not.toEqual(layout);
    const anew = layoutGraph(boxes, edges, 936);
    expect(anew).toEqual(again);
    expect(anew).not.toBe(again);
    expect(layoutGraph(boxes, edges, 936)).toBe(anew);
  });

  it('draws a path through its points from the first to the last', () => {
    expect(
      softPath([
        { x: 0, y: 0 },
        { x: 5, y: 10 },
      ]),
    ).toBe('M0 0C0 5 5 5 5 10');
    const path = softPath([
      { x: 0, y: 0 },
      { x: 5, y: 10 },
      { x: 5, y: 30 },
      { x: 8, y: 40 },
    ]);
    expect(path).toBe('M0 0C0 5 5 5 5 10V30C5 35 8 35 8 40');
  });
});
