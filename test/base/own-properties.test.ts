import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isName, joined, own } from '../../src/base/own-properties.js';

describe('own', () => {
  it('gives what an object has of a name, and nothing that it inherits', () => {
    const chosen = fc.oneof(fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(chosen, fc.integer())), chosen, (entries, asked) => {
        const object: { readonly [name: string]: number } = Object.fromEntries(entries);
        expect(own(object, asked)).toBe(new Map(entries).get(asked));
      }),
    );
    expect(own(undefined, 'a')).toBeUndefined();
  });

  it('is of names, which all texts are but one', () => {
    expect(Object.getOwnPropertyNames(Object.prototype).filter((name) => !isName(name))).toEqual([
      '__proto__',
    ]);
  });
});

describe('joined', () => {
  it('gives the properties of both in order, and of a name that both have the second value', () => {
    const first = { a: 1, b: 2 };
    const both = joined(first, { b: undefined, c: 3 });
    expect(both).toEqual({ a: 1, b: undefined, c: 3 });
    expect(Object.keys(both)).toEqual(['a', 'b', 'c']);
    expect(first).toEqual({ a: 1, b: 2 });
  });

  it('takes a key __proto__ for a key', () => {
    const both = joined(JSON.parse('{"__proto__": {"x": 1}}') as object, { a: 1 });
    expect(Object.getPrototypeOf(both)).toBe(Object.prototype);
    expect(JSON.stringify(both)).toBe('{"__proto__":{"x":1},"a":1}');
  });

  it('gives objects that are alike one hidden class, however many there are', () => {
    setFlagsFromString('--allow-natives-syntax');
    const haveSameMap = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (
      a: object,
      b: object,
    ) => boolean;
    setFlagsFromString('--no-allow-natives-syntax');
    const objects = Array.from({ length: 1_000 }, (_, i) => joined({ a: [i], b: { i } }, { c: i, d: {} }));
    // The first dozen teach the engine what to expect.
    const [first, ...others] = objects.slice(20);
    expect(others.filter((other) => !haveSameMap(first!, other))).toEqual([]);
  });
});
