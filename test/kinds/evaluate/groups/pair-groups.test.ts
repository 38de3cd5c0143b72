import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GroupBounds,
  type Grouping,
  groupings,
  groupsOf,
  isWithin,
} from '../../../../src/kinds/evaluate/groups/pair-groups.js';

const namesOf = (grouping: Grouping, bounds: GroupBounds, values: readonly number[] = []) =>
  groupsOf(grouping, bounds, Int32Array.from(values)).map(({ name }) => name);

describe('groups of query pairs', () => {
  it('begin where they are told to', () => {
    expect(namesOf('train_count', [1, 10])).toEqual(['never', '1 to 9', '10 or more']);
    expect(namesOf('train_count', [5])).toEqual(['0 to 4', '5 or more']);
    // A prefix has one item at least, so that nothing is below it.
    expect(namesOf('prefix_length', [1, 2, 4, 4])).toEqual(['1', '2 to 3', '4 or more']);
  });

  it('are about equally large where so many are asked for, and part no equal values', () => {
    expect(namesOf('history_length', 3, [5, 6, 7, 8, 9, 10])).toEqual(['0 to 6', '7 to 8', '9 or more']);
    expect(namesOf('history_length', 3, [5, 5, 5, 5, 5, 9])).toEqual(['0 or more']);
    expect(namesOf('prefix_length', 2, [1, 1, 1, 2, 2, 3])).toEqual(['1', '2 or more']);
    expect(namesOf('prefix_length', 2, [])).toEqual(['1 or more']);
  });

  it('set the items apart that train never has', () => {
    expect(namesOf('train_count', 2, [0, 0, 0, 0, 3, 4, 50, 60])).toEqual(['never', '1 to 49', '50 or more']);
    expect(namesOf('train_count', 2, [3, 4, 50, 60])).toEqual(['never', '1 to 49', '50 or more']);
    expect(namesOf('train_count', 2, [0, 0])).toEqual(['never', '1 or more']);
  });

  it('hold each value once', () => {
    const bounds = fc.oneof(
      fc.integer({ min: 2, max: 20 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
    );
    const values = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...groupings), bounds, values, (grouping, given, found) => {
        const groups = groupsOf(grouping, given, Int32Array.from(found));
        for (const value of found) {
          expect(groups.filter((group) => isWithin(group, value))).toHaveLength(1);
        }
      }),
    );
  });
});
