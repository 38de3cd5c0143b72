import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPrefixForest, type PrefixForest } from '../../../src/model/gru/prefix-forest.js';
import { arbitraryPairs, pairSet } from '../../engines/arbitrary-tasks.js';

/** The prefix that a node stands for, by walking to its root. */
function prefixAt(forest: PrefixForest, node: number): number[] {
  const prefix: number[] = [];
  for (let at = node; at >= 0; at = forest.parents[at] ?? -1) prefix.unshift(forest.items[at] ?? Number.NaN);
  return prefix;
}

describe('buildPrefixForest', () => {
  it('gives every pair the node of its own prefix', () => {
    fc.assert(
      fc.property(arbitraryPairs(4), (pairs) => {
        const forest = buildPrefixForest(pairs);
        for (const [pair, node] of forest.nodeOfPair.entries()) {
          const prefix = [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])];
          expect(prefixAt(forest, node)).toEqual(prefix);
        }
      }),
    );
  });

  it('puts each node one level below its parent, roots at level 0', () => {
    fc.assert(
      fc.property(arbitraryPairs(4), (pairs) => {
        const forest = buildPrefixForest(pairs);
        const levelOf = (node: number) => forest.levelOffsets.findLastIndex((offset) => offset <= node);
        expect(forest.levelOffsets.at(-1)).toBe(forest.items.length);
        for (const [node, parent] of forest.parents.entries()) {
          expect(levelOf(node)).toBe(parent < 0 ? 0 : levelOf(parent) + 1);
          expect(levelOf(node)).toBe(prefixAt(forest, node).length - 1);
        }
      }),
    );
  });

  it('has as many nodes as there are distinct prefixes', () => {
    fc.assert(
      fc.property(arbitraryPairs(3), (pairs) => {
        const distinct = new Set<string>();
        for (let pair = 0; pair < pairs.labels.length; pair++) {
          const prefix = [...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])];
          for (let end = 1; end <= prefix.length; end++) distinct.add(prefix.slice(0, end).join());
        }
        expect(buildPrefixForest(pairs).items.length).toBe(distinct.size);
      }),
    );
  });

  it('is empty for no pairs', () => {
    expect(buildPrefixForest(pairSet([])).items.length).toBe(0);
  });
});
