import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { numberText } from '../../src/base/number-text.js';

const hasPythonYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;

it('writes numbers with an exponent with a point and two digits, and others as they are', () => {
  expect([1e-7, -2.5e-8, 1e21, 1e-300, 0.1, 123, -0.000001, 2 ** 53].map(numberText)).toEqual([
    '1.0e-07',
    '-2.5e-08',
    '1.0e+21',
    '1.0e-300',
    '0.1',
    '123',
    '-0.000001',
    '9007199254740992',
  ]);
});

it('writes the very number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(Number(numberText(number))).toBe(number === 0 ? 0 : number);
    }),
  );
});

it('changes no text in JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value as never))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(canonicalJson({ a: 'is 1e-7, "2e-7"', b: [1e-7] })).toBe(
    '{"a":"is 1e-7, \\"2e-7\\"","b":[1.0e-07]}\n',
  );
});

it.skipIf(!hasPythonYaml)('writes what the YAML of Python reads as that number (needs python3-yaml)', () => {
  const numbers = [1e-7, -2.5e-8, 1e21, 1.5e300, 5e-324, 0.25, 42];
  const script = 'import json, sys, yaml; print(json.dumps([yaml.safe_load(w) for w in sys.argv[1:]]))';
  const read = execFileSync('python3', ['-c', script, ...numbers.map(numberText)], { encoding: 'utf8' });
  expect(JSON.parse(read)).toEqual(numbers);
});
