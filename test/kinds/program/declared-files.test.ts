import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/kinds/program/command.js';
import { python } from '../../../src/kinds/program/python.js';
import { temporaryProject } from '../../support/temporary-project.js';

const names = [
  'a.py',
  'conf/a.yaml',
  'conf/b.yaml',
  'conf/deep/c.yaml',
  'conf/deep/.hidden.yaml',
  'conf/__pycache__/x.pyc',
  'pkg/__init__.py',
  'pkg/deep/m.py',
  '.venv/lib/no.py',
  'env/pyvenv.cfg',
  'env/lib/no.py',
  'cache/no.py',
  'artifacts/no.py',
  'node_modules/no.py',
];
const project = temporaryProject({ files: Object.fromEntries(names.map((name) => [name, ''])) });
const outside = temporaryProject({ files: { 'data/x.csv': '', 'data/y.csv': '', 'data/z.txt': '' } });
symlinkSync(project.root, project.path('conf/deep/round'));

const filesOf = (files: readonly string[], outputs = {}) =>
  command
    .files?.(command.parameters.complete({ argv: ['x'], files, outputs }), project.root)
    .files.map(({ path }) => path);

describe('the entries of files', () => {
  it('are files, folders with all that is in them, and patterns', () => {
    expect(filesOf(['./a.py', 'a.py'])).toEqual(['a.py']);
    expect(filesOf(['conf/'])).toEqual(filesOf(['conf']));
    expect(filesOf(['conf/deep'])).toContain('conf/deep/.hidden.yaml');
    expect(filesOf(['conf/*.yaml'])).toEqual(['conf/a.yaml', 'conf/b.yaml']);
    expect(filesOf(['**/?.yaml'])).toEqual(['conf/a.yaml', 'conf/b.yaml', 'conf/deep/c.yaml']);
    expect(filesOf(['conf'])).not.toContain('conf/__pycache__/x.pyc');
  });

  it('may be outside of the root by an absolute path, and one inside is as if it were relative', () => {
    const folder = outside.path('data');
    expect(filesOf([`${folder}/*.csv`])).toEqual([`${folder}/x.csv`, `${folder}/y.csv`]);
    expect(filesOf([`${folder}/`])).toHaveLength(3);
    expect(filesOf([project.path('conf/a.yaml')])).toEqual(['conf/a.yaml']);
  });

  it('that stand for nothing are told of as they are, and what the program writes is none of them', () => {
    expect(filesOf(['nowhere/*.csv', 'absent.txt'])).toEqual(['nowhere/*.csv', 'absent.txt']);
    expect(filesOf(['conf/*.yaml'], { o: 'conf/b.yaml' })).toEqual(['conf/a.yaml']);
  });

  it('are those of python without a script that another step makes', () => {
    const given = python.parameters.complete({ script: 'made' });
    const step = { parameters: given, inputNames: ['made'] };
    expect(python.missingFiles?.(step, project.root)).toEqual([]);
    const program = python.pythonProgram?.(step, project.root);
    expect(program?.start).toBeUndefined();
    expect(program?.files).toEqual(['a.py', 'pkg/__init__.py', 'pkg/deep/m.py']);
    expect(python.missingFiles?.({ ...step, inputNames: [] }, project.root)).toEqual([
      { path: 'made', text: 'made' },
    ]);
  });
});

describe('a file that a param names', () => {
  const undeclared = (given: object) =>
    command.undeclaredFiles?.(
      { parameters: command.parameters.complete({ argv: ['x', '{config}'], ...given }), inputNames: [] },
      project.root,
    );

  it('has to be declared, itself or by a folder or pattern, wherever the param stands', () => {
    const params = { config: 'conf/a.yaml', optim: { schedule: 'conf/b.yaml' } };
    expect(undeclared({ params })?.map(({ path }) => path)).toEqual(['conf/a.yaml', 'conf/b.yaml']);
    for (const files of [['conf/'], ['conf'], ['conf/?.yaml'], [project.path('conf')]])
      expect(undeclared({ params, files })).toEqual([]);
  });
});
