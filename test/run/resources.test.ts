import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand } from '../../src/pipeline/graph/graph.js';
import {
  chainLengths,
  chooseNext,
  giveBack,
  grant,
  memoryShare,
  take,
  withinSlots,
} from '../../src/run/resources.js';

const one = { slots: 1, gpus: 0 };
const amountOf = (slots: number, gpus: number, memoryBytes = 0) => ({ slots, gpus, memoryBytes });
const free = { slots: 'free', gpus: 0 } as const;
const gpu = { slots: 1, gpus: 1 };

describe('granting slots and GPU tokens', () => {
  it('gives one slot, or all that are free to a node that can use them', () => {
    expect(grant(one, amountOf(4, 0))).toEqual(amountOf(1, 0));
    expect(grant(free, amountOf(4, 0))).toEqual(amountOf(4, 0));
    expect(grant(free, amountOf(1, 0))).toEqual(amountOf(1, 0));
  });

  it('lets a node wait where there is no slot, or not enough GPU tokens', () => {
    expect(grant(one, amountOf(0, 0))).toBeUndefined();
    expect(grant(free, amountOf(0, 0))).toBeUndefined();
    expect(grant(gpu, amountOf(4, 0))).toBeUndefined();
    expect(grant(gpu, amountOf(4, 1))).toEqual(amountOf(1, 1));
  });

  it('starts the first that fits, past one that waits for a GPU', () => {
    expect(chooseNext([gpu, one], amountOf(2, 0))?.node).toBe(one);
    expect(chooseNext([gpu, one], amountOf(2, 1))?.node).toBe(gpu);
    expect(chooseNext([gpu], amountOf(2, 0))).toBeUndefined();
    expect(chooseNext([one], amountOf(0, 2))).toBeUndefined();
  });

  it('divides what is free among those that share it, and nothing else', () => {
    const part = { slots: 'free', sharesSlots: true, gpus: 0 } as const;
    const slotsOf = (ready: readonly Demand[], slots: number) => {
      const granted: number[] = [];
      let left = amountOf(slots, 0);
      const waiting = [...ready];
      for (let next = chooseNext(waiting, left); next !== undefined; next = chooseNext(waiting, left)) {
        granted.push(next.granted.slots);
        left = take(left, next.granted);
        waiting.splice(waiting.indexOf(next.node), 1);
      }
      return granted;
    };
    const parts = (count: number) => Array.from({ length: count }, () => ({ ...part }));
    expect(slotsOf(parts(1), 2)).toEqual([2]);
    expect(slotsOf(parts(2), 2)).toEqual([1, 1]);
    expect(slotsOf(parts(3), 2)).toEqual([1, 1]);
    expect(slotsOf(parts(3), 8)).toEqual([2, 3, 3]);
    // One that could not start yet, and one that is soon done, keep it from nothing.
    expect(slotsOf([{ ...part }, { ...part, gpus: 1 }, one], 2)).toEqual([2]);
    // A long one alone goes faster with all.
    expect(slotsOf([free, { ...part }], 2)).toEqual([2]);
  });

  it('divides four fifths of the memory by slots, and gives no less than a table needs', () => {
    const slots = (count: number) => amountOf(count, 0);
    expect(memoryShare(slots(1), { slots: 4, memoryBytes: 10e9 })).toBe(2e9);
    expect(memoryShare(slots(3), { slots: 4, memoryBytes: 10e9 })).toBe(6e9);
    expect(memoryShare(slots(2), { slots: 1000, memoryBytes: 10e9 })).toBe(2 ** 29);
    expect(memoryShare(amountOf(1, 0, 5e9), { slots: 4, memoryBytes: 10e9 })).toBe(4e9);
  });

  it('starts as many at once as fit into the memory, and gives as many CPUs as were asked for', () => {
    const large = { slots: 2, gpus: 0, memoryBytes: 6e9 };
    expect(grant(large, amountOf(4, 0, 10e9))).toEqual(amountOf(2, 0, 6e9));
    expect(grant(large, amountOf(4, 0, 5e9))).toBeUndefined();
    expect(grant(large, amountOf(1, 0, 10e9))).toBeUndefined();
    expect(chooseNext([large, one], amountOf(1, 0, 10e9))?.node).toBe(one);
    expect(withinSlots(large, 1).slots).toBe(1);
    expect(withinSlots(free, 1).slots).toBe('free');
  });

  it('never grants more than is free, and gets back what it gave', () => {
    const slots = fc.constantFrom(1, 2, 3, 'free' as const);
    const demand = fc.record({ slots, gpus: fc.nat(2), memoryBytes: fc.nat(5) });
    const amount = fc.record({ slots: fc.nat(8), gpus: fc.nat(2), memoryBytes: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(demand), amount, (ready, total) => {
        let left = total;
        const granted = [];
        for (let next = chooseNext(ready, left); next !== undefined; next = chooseNext(ready, left)) {
          granted.push(next.granted);
          left = take(left, next.granted);
          expect(Math.min(left.slots, left.gpus, left.memoryBytes)).toBeGreaterThanOrEqual(0);
          expect(next.granted.slots).toBeGreaterThanOrEqual(1);
        }
        expect(granted.reduce(giveBack, left)).toEqual(total);
      }),
    );
  });
});

describe('the length of the chain that a node begins', () => {
  it('is that of the longest path to a leaf, counting what is to run', () => {
    const nodes = fc.array(fc.record({ needs: fc.array(fc.nat(20)), runs: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(nodes, (drawn) => {
        const graph = drawn.map(({ needs, runs }, index) => ({
          id: String(index),
          needs: [...new Set(needs.filter((need) => need < index))].map(String),
          runs,
        }));
        const longest = (id: string): number => {
          const below = graph.filter(({ needs }) => needs.includes(id)).map((node) => longest(node.id));
          return Math.max(0, ...below) + (graph[Number(id)]?.runs ? 1 : 0);
        };
        const lengths = chainLengths(graph);
        for (const { id } of graph) expect(lengths.get(id)).toBe(longest(id));
      }),
      { numRuns: 60 },
    );
  });
});
