import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Json } from '../../../src/base/json.js';
import { toJson, valueAt } from '../../../src/pipeline/text/located-value.js';
import { parseYaml } from '../../../src/pipeline/text/parse-yaml.js';

const parse = (text: string) => parseYaml(text, { file: 'a.yaml' });
const messagesOf = (text: string) => {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.failure.map(({ message, location }) => `${location?.line}: ${message}`);
};

test('every value knows its line, column and length', () => {
  const parsed = parse('a: 1\nb:\n  - {c: "text", d: [x, yy]}\n');
  if (!parsed.ok) throw new Error();
  expect(valueAt(parsed.value, ['b', '0', 'd', '1'])).toEqual({
    type: 'scalar',
    value: 'yy',
    location: { file: 'a.yaml', line: 3, column: 24, length: 2, lineText: '  - {c: "text", d: [x, yy]}' },
  });
});

test('aliases stand for what they name', () => {
  const parsed = parse('a: &x { b: [1, 2] }\nc: *x\nd: [*x, *x]\n');
  expect(parsed.ok && toJson(parsed.value)).toEqual({
    a: { b: [1, 2] },
    c: { b: [1, 2] },
    d: [{ b: [1, 2] }, { b: [1, 2] }],
  });
});

test('a billion laughs are refused at once', () => {
  const lines = ['a0: &a0 [ha, ha]'];
  for (let level = 1; level < 40; level++) {
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}, *a${level - 1}]`);
  }
  const parsed = parse(lines.join('\n'));
  expect(parsed.ok ? [] : parsed.failure.map(({ reason }) => reason)).toEqual(['yaml-alias-bomb']);
});

test('what JSON cannot say is refused, all of it at once', () => {
  expect(
    messagesOf(`a: .inf
b: .nan
1: number
? [list]
: x
a: again
null: nothing
d: !!binary aGk=
e: 123456789012345678901
f: &self [*self]
g: *unknown
<<: *self
__proto__: 1
constructor: [{ __proto__: 2 }]
`),
  ).toEqual([
    '1: this number cannot be kept exactly',
    '2: this number cannot be kept exactly',
    '3: 1 is no name',
    '4: this is no name',
    '6: a stands here a second time; it is on line 1',
    '7: null is no name',
    '8: the tag tag:yaml.org,2002:binary has no meaning in a pipeline',
    '9: this number cannot be kept exactly',
    '10: the alias *self stands for what it is part of',
    '11: the alias *unknown stands for nothing',
    '12: merge keys are not part of YAML 1.2',
    '13: __proto__ is a word of JavaScript, and no name',
    '14: __proto__ is a word of JavaScript, and no name',
  ]);
  expect(messagesOf('a: !mine x\n')).toEqual(['1: unresolved tag: !mine']);
});

test('a second document, deep nesting and bytes that are no YAML are refused', () => {
  expect(messagesOf('a: 1\n---\nb: 2\n')).toEqual(['2: a second document begins here']);
  for (const text of [
    '['.repeat(1_000_000),
    '- '.repeat(500_000),
    '{a: '.repeat(101),
    `a:\n${' '.repeat(201)}b: 1`,
  ]) {
    expect(messagesOf(text)).toEqual([expect.stringMatching(/^[12]: values are nested too deeply here$/)]);
  }
  expect(messagesOf(`a: ${'['.repeat(100)}${']'.repeat(100)}\nb: "${'['.repeat(500)}"\n`)).toEqual([]);
  expect(messagesOf('a: "open')).toHaveLength(1);
});

test('nothing at all is null', () => {
  expect(parse('# only a comment\n')).toMatchObject({ ok: true, value: { type: 'scalar', value: null } });
});

test('a list of 10,000 on one line is read, each with its own column', () => {
  const parsed = parse(`a: [${Array.from({ length: 10_000 }, (_, index) => `x${index}`).join(', ')}]`);
  expect(parsed.ok && valueAt(parsed.value, ['a', '9999'])?.location.column).toBe(68_888);
});

test('any JSON written as YAML is read back the same', () => {
  const name = fc.string().filter((key) => key !== '<<');
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false),
      fc.string(),
      fc.maxSafeInteger(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number))
        .map((number) => number + 0),
      fc.array(tie('value')),
      fc.dictionary(name, tie('value'), { noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const parsed = parse(stringify(value, { aliasDuplicateObjects: false }));
      expect(parsed.ok && toJson(parsed.value)).toEqual(value);
    }),
    { numRuns: 200 },
  );
});
