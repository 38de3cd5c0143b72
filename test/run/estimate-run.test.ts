import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExpectedNode, estimateRun } from '../../src/run/estimate-run.js';

const node = (id: string, seconds: number, more: Partial<ExpectedNode> = {}): ExpectedNode => ({
  id,
  seconds,
  needs: [],
  slots: 1,
  gpus: 0,
  ...more,
});

describe('how long a run may take', () => {
  it('is the longest chain where there are slots enough, and the sum where there is one', () => {
    const nodes = [
      node('a', 3),
      node('b', 2, { needs: ['a'] }),
      node('c', 4),
      node('d', 1, { needs: ['b', 'c'] }),
    ];
    expect(estimateRun(nodes, { slots: 8, gpus: 0, memoryBytes: 0 })).toBe(6);
    expect(estimateRun(nodes, { slots: 1, gpus: 0, memoryBytes: 0 })).toBe(10);
  });

  it('lets a node that takes all slots hold up the others, and one without a GPU wait for it', () => {
    const free = node('train', 5, { slots: 'free' });
    expect(estimateRun([free, node('a', 2)], { slots: 4, gpus: 0, memoryBytes: 0 })).toBe(7);
    const gpus = [node('x', 2, { gpus: 1 }), node('y', 2, { gpus: 1 })];
    expect(estimateRun(gpus, { slots: 4, gpus: 1, memoryBytes: 0 })).toBe(4);
    expect(estimateRun(gpus, { slots: 4, gpus: 2, memoryBytes: 0 })).toBe(2);
  });

  it('is never less than the longest chain or the work shared out, nor more than all the work', () => {
    const graphs = fc
      .array(
        fc.record({ seconds: fc.integer({ min: 0, max: 9 }), needs: fc.array(fc.nat(), { maxLength: 3 }) }),
        {
          minLength: 1,
          maxLength: 30,
        },
      )
      .map((nodes) =>
        nodes.map(({ seconds, needs }, index) =>
          node(String(index), seconds, {
            needs: index === 0 ? [] : needs.map((need) => String(need % index)),
          }),
        ),
      );
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 5 }), (nodes, slots) => {
        const seconds = estimateRun(nodes, { slots, gpus: 0, memoryBytes: 0 });
        const work = nodes.reduce((sum, one) => sum + one.seconds, 0);
        const ends = new Map<string, number>();
        for (const { id, needs, seconds } of nodes)
          ends.set(id, seconds + Math.max(0, ...needs.map((need) => ends.get(need) ?? 0)));
        expect(seconds).toBeGreaterThanOrEqual(Math.max(work / slots, ...ends.values()));
        expect(seconds).toBeLessThanOrEqual(work);
      }),
    );
  });
});
