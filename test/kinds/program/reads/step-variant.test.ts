import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { command } from '../../../../src/kinds/program/command.js';
import { python } from '../../../../src/kinds/program/python.js';
import { temporaryProject } from '../../../support/temporary-project.js';

const programs = ['python3', 'true', 'env', 'sh', 'sort', 'uniq', 'tool'].map((name) => `bin/${name}`);
const world = temporaryProject({
  files: {
    'train.py': '',
    'run.sh': '',
    data: '',
    '7': '',
    ...Object.fromEntries(
      programs.map((program) => [program, program === 'bin/tool' ? '#!/bin/sh' : 'binary']),
    ),
  },
});
for (const program of programs) chmodSync(world.path(program), 0o755);
const env = { PATH: world.path('bin') };

/** Whether two values of the param `x` are planned as one. */
function areAlike(given: object, one: unknown, other: unknown, kind = command): boolean {
  const variantAt = (x: unknown) =>
    kind.variant?.(kind.parameters.complete({ env, ...given, params: { x, y: 0 } } as never), world.root);
  expect(variantAt(one)).toBe(variantAt(one));
  return variantAt(one) === variantAt(other);
}

it.each([
  [['true', '{x}'], 1, 0.5],
  [['true', '--rate={x}'], 1, 2],
  [['python3', 'train.py', '--rate', '{x}'], 1, 2],
  [['python3', '-u', 'train.py', '{x}'], 'gru', 'lstm'],
  [['python3', '-m', 'pkg.train', '{x}'], 'gru', 'lstm'],
  [['true', 'out-{x}.txt'], 'a', 'b'],
  [['env', 'true', '{x}'], 1, 2],
  [['env', 'RATE={x}', 'true'], 1, 2],
  [['true'], 'gru', 'lstm'],
  [['tool', '{x}'], 1, 2],
])('values that %j names nothing by are planned once: %j, %j', (argv, one, other) => {
  expect(areAlike({ argv }, one, other)).toBe(true);
});

it.each([
  // The program itself, or what another starts.
  [['{x}'], 'sort', 'uniq'],
  [['env', '{x}'], 'sort', 'uniq'],
  [['env', '{x}'], true, false],
  [['python3', '{x}'], 'train.py', 'test.py'],
  [['python3', '-m', '{x}'], 'pkg.train', 'pkg.test'],
  [['python3', '{x}', 'train.py'], '-u', '-c'],
  [['python3', 'train.py', '{x}'], 'cd', 'a'],
  [['true', '{x}'], 'sh', 'a'],
  [['sh', '-c', 'sort', '{x}'], 1, 2],
  [['tool', '{x}'], 'gru', 'lstm'],
  // Files.
  [['true', '{x}'], 'data', 'a'],
  [['true', '{x}'], 'DATA', 'a'],
  [['true', '{x}'], 7, 8],
  [['true', '--in={x}'], 7, 8],
  [['true', 'run.{x}'], 'sh', 'bat'],
  [['true', '{x}'], 'a/b', 'a/c'],
  [['true'], 'data', 'a'],
  [['true'], { a: 'data' }, { a: 'b' }],
])('values by which %j may name something are planned each: %j, %j', (argv, one, other) => {
  expect(areAlike({ argv }, one, other)).toBe(false);
});

it('values that no program can be given are looked at', () => {
  const argv = ['true', '{x}'];
  expect(areAlike({ argv }, 'a\0', 'a')).toBe(false);
  expect(areAlike({ argv }, 'a'.repeat(140_000), 'a') ? 'alike' : 'each').toBe('each');
});

it('a line of shell is read for each', () => {
  expect(areAlike({ argv: 'sort {x}', shell: true }, 1, 2)).toBe(false);
  expect(areAlike({ argv: 'sort {y}', shell: true }, 1, 2)).toBe(true);
});

it('a script starts nothing by its arguments, as words or as flags', () => {
  const script = { script: 'train.py' };
  expect(areAlike(script, 'gru', 'lstm', python)).toBe(true);
  expect(areAlike(script, true, false, python)).toBe(true);
  expect(areAlike(script, 'data', 'lstm', python)).toBe(false);
  expect(areAlike({ ...script, args: ['--net', '{x}'] }, 'gru', 'lstm', python)).toBe(true);
  expect(areAlike({ ...script, args: ['{x}'] }, 'data', 'lstm', python)).toBe(false);
});
