import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { command } from '../../../../src/kinds/program/command.js';
import { python } from '../../../../src/kinds/program/python.js';
import { temporaryProject } from '../../../support/temporary-project.js';

const world = temporaryProject({
  files: {
    'project/s.py': '',
    'project/conf/a.yaml': '',
    'home/f.txt': '',
    'home/set/a.txt': '',
    'home/set/b.csv': '',
    'home/with blank/x': '',
  },
});
const root = world.path('project');
const home = world.path('home');
const env = { HOME: home };

/** What is told of, and what would be declared. */
function refused(kind: 'argv' | 'line' | 'params' | 'env', value: unknown, files: readonly string[] = []) {
  const given = {
    argv: { argv: value },
    line: { argv: value, shell: true },
    params: { argv: ['true'], params: { given: value } },
    env: { argv: ['true'], env: { ...env, ...(value as object) } },
  }[kind];
  const parameters = command.parameters.complete({ env, files, ...given } as never);
  const found = command.undeclaredFiles?.({ parameters, inputNames: [] }, root) ?? [];
  return found.map(({ path, isFolder = false, hint }) => [
    path,
    isFolder ? 'folder' : 'file',
    /\[.*\]/.exec(hint)?.[0],
  ]);
}

const set = [`${home}/set`, 'folder', `[${home}/set]`];

it('a folder outside of the root must be declared, wherever a word or a param names it', () => {
  expect(refused('argv', ['cp', '-r', `${home}/set`, 'o'])).toEqual([set]);
  expect(refused('argv', ['x', `--data=${home}/set/`])).toEqual([set]);
  expect(refused('params', `${home}/set`)).toEqual([set]);
  expect(refused('params', { deep: { list: ['a', `${home}/set`] } })).toEqual([set]);
  expect(refused('params', '~/set')).toEqual([['~/set', 'folder', `[${home}/set]`]]);
  expect(refused('params', '~/f.txt')).toEqual([['~/f.txt', 'file', `[${home}/f.txt]`]]);
  expect(refused('env', { D: `${home}/set` })).toEqual([set]);
  expect(refused('env', { DATA_PATH: '~/f.txt' })).toEqual([['~/f.txt', 'file', `[${home}/f.txt]`]]);
  const parameters = python.parameters.complete({
    script: 's.py',
    params: { data: `${home}/set` },
  } as never);
  expect(python.undeclaredFiles?.({ parameters, inputNames: [] }, root)).toHaveLength(1);
});

it('a folder is fine where it is declared, or something in it or above it', () => {
  for (const entry of ['set', 'set/', 'set/*.txt', 'set/a.txt', ''])
    expect(refused('params', `${home}/set`, [`${home}/${entry}`])).toEqual([]);
  expect(refused('params', `${home}/set`, [`${home}/se`])).toHaveLength(1);
  const more = `[${home}/with blank, ${home}/set]`.replace(/\[(.*),/, '["$1",');
  expect(refused('params', `${home}/set`, [`${home}/with blank`])).toEqual([[`${home}/set`, 'folder', more]]);
});

it('folders that say nothing of what is read are none', () => {
  for (const path of [
    '/',
    '/tmp',
    '/dev',
    '/dev/shm',
    '/proc',
    '~',
    '~/',
    home,
    tmpdir(),
    root,
    'conf',
    '..',
  ])
    expect([path, refused('params', path)]).toEqual([path, []]);
  const names = ['PATH', 'SHELL', 'TMPDIR', 'HF_HOME', 'HF_DATASETS_CACHE', 'PYTHONPATH', 'LD_LIBRARY_PATH'];
  for (const name of names) expect(refused('env', { [name]: `${home}/set` })).toEqual([]);
  expect(refused('env', { NOTE: `see ${home}/set`, TWO: `${home}/set:${home}` })).toEqual([]);
});

it.each([
  [`cat ${home}/f.txt > o`, ['f.txt']],
  ['cat ~/f.txt', ['f.txt']],
  ['cat $HOME/f.txt', ['f.txt']],
  [`cat "\${HOME}/f.txt"`, ['f.txt']],
  ['x --in=~/f.txt', ['f.txt']],
  [`cat ${home}/set/*.txt`, ['set/*.txt']],
  [`cat ${home}/*/a.txt`, []],
  [`cat ${home}/set/[ab].txt`, ['set']],
  [`cat ${home}/set/*.none`, []],
  [`cat '${home}/with blank/x'`, ['with blank/x']],
  [`PYTHONPATH=${home}/set:. python3 -`, ['set']],
  ['cat conf/a.yaml', ['conf/a.yaml']],
  [`echo x > ${home}/f.txt; y 2>>${home}/f.txt`, []],
])('in a line of shell, be it behind -c: %s', (line, expected) => {
  const whole = expected.map((path) => (path.startsWith('conf') ? path : `${home}/${path}`));
  const declared = (found: ReturnType<typeof refused>) =>
    found.map(([, , entries]) => entries?.replace(/^\["?|"?\]$/g, ''));
  expect(declared(refused('line', line))).toEqual(whole);
  expect(declared(refused('argv', ['sh', '-c', line]))).toEqual(whole);
  expect(declared(refused('argv', ['timeout', '5', 'bash', '-e', '-o', 'pipefail', '-c', line]))).toEqual(
    whole,
  );
  expect(refused('line', line, whole)).toEqual([]);
});
