import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { launchedPrograms, pythonStart } from '../../../../src/kinds/program/reads/launched-programs.js';
import { temporaryProject } from '../../../support/temporary-project.js';

const project = temporaryProject({
  files: {
    'bin/python3': 'binary',
    'bin/sh': 'binary',
    'bin/bash': 'binary',
    'bin/env': 'binary',
    'bin/nice': 'binary',
    'bin/tool': '#!/usr/bin/env -S nice other --fast\n',
    'bin/other': 'binary',
    'bin/sort': 'binary',
    'bin/uv': 'binary',
    'bin/round': `#!/usr/bin/env round\n`,
    'root/fit.py': '#!/usr/bin/env python3\n',
    'root/notes.txt': '#!/usr/bin/env other\n',
  },
});
for (const name of ['python3', 'sh', 'bash', 'env', 'nice', 'tool', 'other', 'sort', 'uv', 'round'])
  chmodSync(project.path(`bin/${name}`), 0o755);
chmodSync(project.path('root/fit.py'), 0o755);

const surroundings = { root: project.path('root'), searched: project.path('bin') };
const found = (argv: string | readonly string[]) => launchedPrograms(argv, surroundings);
/** Of the folder `bin`. */
const names = (argv: string | readonly string[]) =>
  found(argv)
    .programs.filter(({ path }) => path.startsWith(project.path('bin')))
    .map(({ name }) => name);

it.each([
  [['sort', '-n'], ['sort']],
  [['nowhere', 'sort'], []],
  [
    ['env', '-u', 'X', 'A=1', 'nice', '-n', '5', 'sort', 'other'],
    ['sort', 'nice', 'env'],
  ],
  [
    ['bash', '-c', 'cd x && sort a | A=1 other; echo sort'],
    ['sort', 'other', 'bash'],
  ],
  [['bash', 'x.sh', '-c', 'sort'], ['bash']],
  [['tool'], ['tool', 'other', 'nice']],
  [['round'], ['round']],
])('%j starts %j', (argv, expected) => {
  expect(names(argv)).toEqual(expected);
});

it('a line of shell starts its commands, wherever they stand', () => {
  const line = 'for i in 1 2; do sort $i; done && if other; then (nice -n 1 sort); fi > python3';
  expect(names(line)).toEqual(['sort', 'other', 'nice', 'python3']);
});

it.each([
  '> o.txt other',
  'echo a | xargs other',
  'find . -exec other {} \\;',
  'eval "other > o"',
  'trap "other > o" EXIT',
  'T=other; $T',
  'x=`other`',
])('a line of shell starts what it hides: %s', (line) => {
  expect(names(line)).toEqual(['other']);
  expect(names(['bash', '-e', '-o', 'pipefail', '-c', line])).toEqual(['other', 'bash']);
  expect(names(['nice', 'env', 'A=1', 'sh', '-ec', line]).sort()).toEqual(['env', 'nice', 'other', 'sh']);
});

it('words of a shell itself are no programs, and what xargs starts is one', () => {
  expect(names('if true; then echo x; fi; for i in a; do test a; done')).toEqual([]);
  expect(names(['xargs', 'other'])).toEqual(['other']);
});

it('two programs of one name are told apart, and one by two names is one', () => {
  project.write('more/sort', 'another');
  chmodSync(project.path('more/sort'), 0o755);
  const more = project.path('more/sort');
  expect(found(['env', project.path('bin/env'), more, 'sort']).programs.map(({ name }) => name)).toEqual([
    'sort',
    'env',
  ]);
  expect(names(`${more} x; sort; sort`)).toEqual(['sort (2)']);
});

it('a Python is seen with its script, behind a wrapper and by the first line of a script of the project', () => {
  expect(found(['env', 'python3', '-u', 'fit.py']).pythons).toEqual([['python3', '-u', 'fit.py']]);
  expect(found(['./fit.py', '--lr', '1']).pythons).toEqual([['python3', './fit.py', '--lr', '1']]);
  expect(found(['sort']).pythons).toEqual([]);
  expect(pythonStart(['-u', '-X', 'dev', 'fit.py', '-m'])).toEqual({ script: 'fit.py' });
  expect(pythonStart(['-Om', 'pkg.train', 'x'])).toEqual({ module: 'pkg.train' });
  expect(pythonStart(['-c', 'import x'])).toBeUndefined();
  expect(pythonStart(['-'])).toBeUndefined();
});

it('programs that choose another are told of with what they go by', () => {
  expect(found(['uv', 'run', 'sort']).choosers).toEqual([
    { name: 'uv run', lock: ['uv.lock', 'pyproject.toml'] },
  ]);
  expect(found(['uv', 'pip', 'list']).choosers).toEqual([]);
  for (const name of ['ruby', 'python3']) {
    project.write(`shims/${name}`, '#!/bin/sh\n');
    chmodSync(project.path(`shims/${name}`), 0o755);
  }
  const shims = { ...surroundings, searched: project.path('shims') };
  expect(launchedPrograms('ruby a.rb; python3 a.py', shims).choosers).toEqual([
    { name: 'ruby', lock: ['.tool-versions'] },
  ]);
});
