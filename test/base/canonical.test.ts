import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, digestOf, digestTree, sha256 } from '../../src/base/canonical.js';
import type { Tree } from '../../src/base/files/tree.js';
import type { Json } from '../../src/base/json.js';

const anyString = fc.string({ unit: 'binary', maxLength: 4 });
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, '', 'null', 'true', '1', '[]', '{}', 0, 1, 's', 'd1;'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    anyString,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyString, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** The same value with the names of every object in the opposite order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

describe('canonicalText', () => {
  it('is equal for two values if and only if they are equal', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        expect(canonicalText(left) === canonicalText(right)).toBe(isDeepStrictEqual(left, right));
      }),
      { numRuns: 3000 },
    );
  });

  it('does not depend on the order of keys and survives JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalText(reversed(value))).toBe(canonicalText(value));
        expect(canonicalText(JSON.parse(JSON.stringify(value)))).toBe(canonicalText(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('is never the beginning of another, so that texts may be joined', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        fc.pre(!isDeepStrictEqual(left, right));
        expect(canonicalText(right).startsWith(canonicalText(left))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells apart what looks alike', () => {
    const alike: Json[] = [
      '1',
      1,
      true,
      'true',
      null,
      'null',
      [],
      {},
      '',
      '[]',
      [[]],
      [{}],
      { '': null },
      0,
      [1, 2],
      [12],
    ];
    expect(new Set(alike.map(canonicalText)).size).toBe(alike.length);
  });

  it('writes numbers in their shortest form, with one zero', () => {
    expect(canonicalText(0.1 + 0.2)).toBe('d0.30000000000000004;');
    expect(canonicalText(-0)).toBe(canonicalText(0));
    expect(canonicalText(1e21)).toBe('d1e+21;');
    expect(canonicalText(5e-324)).toBe('d5e-324;');
  });

  it('keeps strings as they are: no normalisation, lone surrogates apart', () => {
    expect(canonicalText('\u00e9')).not.toBe(canonicalText('e\u0301'));
    expect(digestOf('\ud800')).not.toBe(digestOf('\ud801'));
  });

  it('sorts names by code unit, not by code point or locale', () => {
    expect(canonicalText({ '\uffff': 1, '\u{1f600}': 2, b: 3, A: 4 })).toBe(
      'os"A"d4;s"b"d3;s"\u{1f600}"d2;s"\uffff"d1;;',
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])('refuses %s, at any depth', (value) => {
    expect(() => canonicalText(value as Json)).toThrow('no canonical form');
    expect(() => canonicalText({ a: [value as Json] })).toThrow('no canonical form');
  });
});

describe('digestOf', () => {
  it('is the sha256 of the UTF-8 of the text', () => {
    const value = { name: 'größe', list: [1, null] };
    expect(digestOf(value)).toBe(
      createHash('sha256')
        .update(Buffer.from(canonicalText(value), 'utf8'))
        .digest('hex'),
    );
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('digestTree', () => {
  const leaf = fc.constantFrom('a', 'b').map((text) => ({ digest: sha256(text) }));
  const tree = fc.letrec<{ tree: Tree<{ digest: string }> }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf.map((value) => ({ type: 'file' as const, leaf: value })),
      fc.array(tie('tree'), { maxLength: 2 }).map((elements) => ({ type: 'list' as const, elements })),
      fc
        .dictionary(fc.constantFrom('x', 'y', '0'), tie('tree'), { maxKeys: 2, noNullPrototype: true })
        .map((ports) => ({ type: 'bundle' as const, ports })),
    ),
  })).tree;

  it('is equal for two trees if and only if shape and digests are', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        expect(digestTree(left) === digestTree(right)).toBe(isDeepStrictEqual(left, right));
      }),
      { numRuns: 2000 },
    );
  });

  it("is a lone file's own digest, and sees nothing but digests", () => {
    const digest = sha256('content');
    const withSize = (bytes: number) => ({ type: 'file' as const, leaf: { digest, bytes } });
    expect(digestTree(withSize(1))).toBe(digest);
    expect(digestTree({ type: 'list', elements: [withSize(1)] })).toBe(
      digestTree({ type: 'list', elements: [withSize(2)] }),
    );
    expect(digestTree({ type: 'list', elements: [withSize(1)] })).not.toBe(digest);
  });
});
