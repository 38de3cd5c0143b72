import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boxGap, rowsOfBoxes } from '../../../src/report/html/graph-rows.js';
import { nearestAscending, type RowItem, settleRows } from '../../../src/report/html/settle-rows.js';

const graphs = fc
  .tuple(
    fc.array(fc.integer({ min: 60, max: 300 }), { minLength: 1, maxLength: 25 }),
    fc.array(fc.tuple(fc.nat(24), fc.nat(24)), { maxLength: 40 }),
  )
  .map(([widths, pairs]) => ({
    boxes: widths.map((width, index) => ({ name: `b${index}`, width, height: 44 })),
    links: pairs
      .filter(([from, to]) => from < to && to < widths.length)
      .map(([from, to]) => ({ from: `b${from}`, to: `b${to}` })),
  }));

it('every link of a graph leads downwards, and no row of several boxes is wider than it may be', () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 300, max: 1200 }), ({ boxes, links }, mostWidth) => {
      const rows = rowsOfBoxes(boxes, links, mostWidth);
      expect([...rows.keys()].sort()).toEqual(boxes.map(({ name }) => name).sort());
      for (const { from, to } of links) expect(rows.get(from)).toBeLessThan(rows.get(to) ?? -1);
      const widths = new Map<number, number[]>();
      for (const { name, width } of boxes) {
        const row = rows.get(name) ?? -1;
        widths.set(row, [...(widths.get(row) ?? []), width + boxGap]);
      }
      for (const row of widths.values()) {
        if (row.length > 1) expect(row.reduce((sum, width) => sum + width)).toBeLessThanOrEqual(mostWidth);
      }
    }),
  );
});

it('what settles in a row keeps its order and its room, within the width', () => {
  const rowOf = fc.array(
    fc.record({ width: fc.integer({ min: 8, max: 90 }), x: fc.integer({ min: 0, max: 900 }) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(
      rowOf,
      rowOf,
      fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 12 }),
      (upper, lower, pulls) => {
        const rows = [upper, lower].map((row) =>
          row.map((item): RowItem => ({ ...item, gap: 10, pulls: [] })),
        );
        for (const [above, below] of pulls) {
          const [one, other] = [rows[0]?.[above], rows[1]?.[below]];
          if (one === undefined || other === undefined) continue;
          one.pulls.push({ to: other, weight: 1 });
          other.pulls.push({ to: one, weight: 1 });
        }
        settleRows(rows, 900);
        for (const row of rows) {
          for (const [index, { x, width, gap }] of row.entries()) {
            expect(x - width / 2).toBeGreaterThan(-1e-6);
            expect(x + width / 2).toBeLessThan(900 + 1e-6);
            const before = row[index - 1];
            if (before === undefined) continue;
            expect(x - before.x).toBeGreaterThan((width + before.width) / 2 + (gap + before.gap) / 2 - 1e-6);
          }
        }
      },
    ),
  );
});

it('the nearest numbers that ascend are those of the min-max formula of isotonic regression', () => {
  const given = fc.array(
    fc.record({ value: fc.integer({ min: -50, max: 50 }), weight: fc.integer({ min: 1, max: 5 }) }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(given, (numbers) => {
      const mean = (from: number, to: number) => {
        const part = numbers.slice(from, to + 1);
        const weight = part.reduce((sum, one) => sum + one.weight, 0);
        return part.reduce((sum, one) => sum + one.value * one.weight, 0) / weight;
      };
      const indices = numbers.map((_, index) => index);
      for (const [index, found] of nearestAscending(numbers).entries()) {
        const lows = indices
          .slice(0, index + 1)
          .map((from) => Math.min(...indices.slice(index).map((to) => mean(from, to))));
        expect(found).toBeCloseTo(Math.max(...lows), 8);
      }
    }),
  );
});
