import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { PythonProgram } from '../../../src/kinds/kind.js';
import { command } from '../../../src/kinds/program/command.js';
import { python } from '../../../src/kinds/program/python.js';
import { openImportTracer } from '../../../src/pipeline/imports/import-tracer.js';
import { filesWithImports } from '../../../src/pipeline/imports/imported-files.js';
import { openInterpreterVersions } from '../../../src/pipeline/interpreter-versions.js';
import { temporaryProject } from '../../support/temporary-project.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
// An environment of Python's own has none.
const hasUserSite = spawnSync('python3', ['-c', 'import site; assert site.ENABLE_USER_SITE']).status === 0;
if (!hasPython) console.warn('skipping what Python programs import: there is no python3');

const project = temporaryProject({
  files: {
    'lib/deep.py': '',
    'lib/more/__init__.py': '',
    'pkg/__init__.py': '__all__ = ["listed", "name"]\n',
    'pkg/listed.py': 'from .sub import low\n',
    'pkg/other.py': '',
    'pkg/sub/__init__.py': '',
    'pkg/sub/low.py': 'from ... import nowhere\nfrom .. import other\n',
    'plugins/__init__.py': 'import glob, os\n__all__ = [os.path.basename(f) for f in glob.glob("*.py")]\n',
    'plugins/one.py': '',
    'old/__init__.py': '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n',
    'lib/old/extra.py': '',
    // As one of the standard library, which the tracer itself uses.
    'json.py': 'import deep\n',
    'scripts/beside.py': '',
    'data.txt': '',
  },
});
// Each script a name of its own, so that no trace is that of another.
let count = 0;

function programOf(text: string, given: object = {}): PythonProgram {
  const script = `scripts/script${count++}.py`;
  project.write(script, text);
  const step = { parameters: python.parameters.complete({ script, ...given }), inputNames: [] };
  const program = python.pythonProgram?.(step, project.root);
  if (program === undefined) throw new Error('not a Python program');
  return program;
}

const cache = project.path('cache');
const tracer = openImportTracer(cache, project.root, openInterpreterVersions(cache, project.root));

function traced(text: string, given?: object) {
  const program = programOf(text, given);
  const answer = tracer.trace(program);
  if (!answer?.ok) throw new Error(JSON.stringify(answer));
  const files = filesWithImports({ files: [] }, program, answer);
  const modules = answer.value.modules.map(({ place, name }) => place ?? name);
  return { ...answer.value, files, modules: modules.filter((place) => !place.startsWith('scripts/script')) };
}

describe.runIf(hasPython)('what a Python program imports', () => {
  it.each([
    ['import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))\nimport deep'],
    [
      'import sys\nfrom pathlib import Path\nsys.path.append(str(Path(__file__).resolve().parents[1] / "lib"))\nimport deep',
    ],
    ['import sys\nsys.path += ["lib"]\nimport deep'],
    ['import sys\nsys.path[0:0] = ["lib"]\nimport deep'],
    ['import sys as system\nsystem.path.append("lib")\nimport deep'],
    ['from sys import path as places\nplaces.insert(0, "lib")\nimport deep'],
    ['import sys\nplaces = sys.path\nplaces += ["lib"]\nimport deep'],
    ['import sys\nsys.path = ["./lib"] + sys.path\nimport deep'],
    ['import sys\nsys.path.extend(["lib"])\nif True:\n    import deep'],
    ['import os, sys\nROOT = os.getcwd()\nLIB = f"{ROOT}/lib"\nsys.path.insert(1, LIB)\nimport deep'],
    ['import site\nsite.addsitedir("lib")\nimport deep'],
    ['import importlib.util\nimportlib.util.spec_from_file_location("deep", "lib/deep.py")'],
    ['import runpy\nrunpy.run_path("lib/deep.py")'],
  ])('is found in folders that it adds itself: %j', (text) => {
    expect(traced(text).modules).toEqual(['lib/deep.py']);
  });

  it('is found by the step’s PYTHONPATH, and above the root by no path that starts in it', () => {
    const environment = { env: { PYTHONPATH: 'lib' } };
    expect(traced('import more', environment).modules).toEqual(['lib/more/__init__.py']);
    const name = project.root.split('/').at(-1);
    const round = `import sys\nsys.path.insert(0, "../${name}/lib")\nimport deep`;
    expect(traced(round).modules).toEqual([]);
  });

  it.runIf(hasUserSite)('is the user’s usercustomize, too, which Python imports when it starts', () => {
    const environment = { PYTHONUSERBASE: project.path('base') };
    const site = spawnSync('python3', ['-m', 'site', '--user-site'], {
      env: { ...process.env, ...environment },
    });
    const place = relative(project.root, site.stdout.toString().trim());
    project.write(`${place}/usercustomize.py`, 'import by_user\n');
    project.write(`${place}/by_user.py`, '');
    expect(traced('', { env: environment }).modules).toEqual(['usercustomize', 'by_user']);
    expect(traced('', { env: { ...environment, PYTHONNOUSERSITE: '1' } }).modules).toEqual([]);
  });

  it('is all that may come first where folders are put otherwise', () => {
    const environment = { env: { PYTHONPATH: 'lib:twin' } };
    project.write('twin/deep.py', '');
    expect(traced('import deep', environment).modules).toEqual(['lib/deep.py']);
    const both = ['lib/deep.py', 'twin/deep.py'];
    for (const change of ['sys.path.pop(1)', 'del sys.path[0]', 'sys.path.insert(0, "twin")'])
      expect(traced(`import sys, deep\n${change}`, environment).modules).toEqual(both);
  });

  it('is followed through relative imports, stars and packages of several folders', () => {
    const text = 'import sys\nsys.path += [".", "lib"]\nfrom pkg import *\nimport beside';
    expect(traced(text).modules).toEqual([
      'pkg/__init__.py',
      'pkg/listed.py',
      'scripts/beside.py',
      'pkg/sub/__init__.py',
      'pkg/sub/low.py',
      'pkg/other.py',
    ]);
    expect(traced('import sys\nsys.path += [".", "lib"]\nimport old.extra').modules).toContain(
      'lib/old/extra.py',
    );
  });

  it('is followed by names that are written out, however they come to import_module', () => {
    const start = 'import sys\nsys.path.append(".")\nfrom importlib import import_module\n';
    const modules = (text: string) => traced(start + text).modules.filter((path) => !/__init__/.test(path));
    expect(modules('for n in ("other", "listed"):\n    import_module(f"pkg.{n}")')).toContain('pkg/other.py');
    expect(modules('NAME = "pkg" + ".other"\nimport_module(NAME)')).toEqual(['pkg/other.py']);
    expect(modules('import_module(".other", package="pkg")')).toEqual(['pkg/other.py']);
    expect(modules('__import__("pkg.other")')).toEqual(['pkg/other.py']);
  });

  it('is nothing that only type checkers read, and no module of kshot’s own', () => {
    const text = 'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import beside\nimport kshot\n';
    expect(traced(text).modules).toEqual([]);
    const own = readFileSync(fileURLToPath(new URL('../../../python/kshot.py', import.meta.url)), 'utf8');
    project.write('scripts/kshot.py', own);
    expect(traced(text).modules).toEqual(['scripts/kshot.py']);
  });

  it('may be called as a module of the standard library, which the tracer uses itself', () => {
    expect(traced('import sys\nsys.path.insert(0, ".")\nimport json').modules).toContain('json.py');
    expect(traced('import json', { env: { PYTHONPATH: '.' } }).modules).toContain('json.py');
  });

  it('has to be declared where its name is not written out, with the line to add', () => {
    const start = 'import sys\nsys.path.append(".")\nfrom importlib import import_module\n';
    const prefix = `${start}import_module("pkg." + sys.argv[1])`;
    const objections = (text: string, given?: object) => traced(text, given).files.objections ?? [];
    expect(objections(prefix, { files: ['data.txt'] })).toEqual([
      {
        message: expect.stringMatching(/^scripts\/script\d+\.py, line 4, imports a module whose name is not/),
        undeclared: 'name the modules that it may be: files: [data.txt, "pkg/*.py"]',
        path: ['script'],
      },
    ]);
    expect(objections(prefix, { files: ['pkg/*.py'] })).toEqual([]);
    // What is declared is followed, too.
    expect(traced(prefix, { files: ['pkg/sub/low.py'] }).modules).toContain('pkg/other.py');
    expect(objections(`${start}import_module(sys.argv[1])`)[0]?.undeclared).toContain('files: ["**/*.py"]');
    expect(objections(`${start}from plugins import *`)[0]?.undeclared).toContain('files: ["plugins/*.py"]');
  });

  it('is told of where it is nowhere, unless it may be left out', () => {
    const remarks = (text: string) => traced(text).files.remarks?.map(({ message }) => message);
    expect(remarks('import modles\ntry:\n    import fast\nexcept ImportError:\n    fast = None\n')).toEqual([
      expect.stringMatching(/line 1, imports modles, which is neither in the project nor installed/),
    ]);
    expect(remarks('import sys\nsys.path.append(sys.argv[1])\nimport there')).toEqual([
      expect.stringContaining('line 2, adds a folder to sys.path that is not written out'),
      expect.stringContaining('line 3, imports there'),
    ]);
  });

  it('is told of otherwise where a line of shell has it found elsewhere', () => {
    project.write('sub/start.py', 'import loc\n');
    const remarks = (argv: string, files: readonly string[]) => {
      const parameters = command.parameters.complete({ argv, shell: true, files });
      const program = command.pythonProgram?.({ parameters, inputNames: [] }, project.root);
      const answer = program && tracer.trace(program);
      if (program === undefined || !answer?.ok) throw new Error(JSON.stringify(answer));
      const declared = { files: files.map((path) => ({ name: path, path })) };
      return filesWithImports(declared, program, answer).remarks?.map(({ message }) => message);
    };
    for (const [line, does] of [
      ['cd sub && python3 start.py', 'changes to another folder'],
      ['PYTHONPATH=$X python3 sub/start.py', 'sets PYTHONPATH'],
    ] as const) {
      expect(remarks(line, ['sub/start.py'])).toEqual([
        expect.stringMatching(
          `^argv ${does} .* loc, which sub/start.py imports in line 1, is in no key; write`,
        ),
      ]);
      expect(remarks(line, ['sub/start.py', 'sub/loc.py'])).toEqual([]);
    }
    expect(remarks('python3 sub/start.py', ['sub/start.py'])).toEqual([
      expect.stringContaining('which is neither in the project'),
    ]);
  });

  it('is of every package and module where nobody knows the script', () => {
    const step = { parameters: python.parameters.complete({ script: 'made' }), inputNames: ['made'] };
    const program = python.pythonProgram?.(step, project.root);
    const answer = program && tracer.trace(program);
    const places = answer?.ok ? answer.value.modules.map(({ place }) => place) : [];
    expect(places).toEqual(expect.arrayContaining(['json.py', 'lib/deep.py', 'pkg/sub/low.py']));
  });
});

it('ships the tracer beside the build', () => {
  const tracerFile = new URL('../../../dist/pipeline/imports/trace_imports.py', import.meta.url);
  expect(existsSync(fileURLToPath(tracerFile))).toBe(true);
});
