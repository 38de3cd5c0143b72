import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describePlan } from '../../src/session/planning/describe-plan.js';
import { kshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const python = spawnSync(
  'python3',
  ['-c', 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2])'],
  { encoding: 'utf8' },
);
const hasPython = python.status === 0;
if (!hasPython) console.warn('skipping changes of programs: there is no python3');
const [interpreter = '', version = ''] = (python.stdout ?? '').trim().split(' ');
const packages = `home/venv/lib/python${version}/site-packages`;

/** A project, the home of a user, and in it an environment. */
const files: { readonly [path: string]: string } = {
  'project/train.py': `"""Trains."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
import installed
from models import net
import deep

if os.environ.get("NEVER"):
    import native, rare


def helper():
    import lazy

    return lazy


with open("out.txt", "w") as file:
    file.write(str(net.forward(1)))
`,
  'project/models/__init__.py': '',
  'project/models/net.py':
    'from .layers import twice\n\n\ndef forward(x):\n    return twice(x)\n\n\nclass Net:\n    def step(self):\n        return 1\n',
  'project/models/layers.py': 'def twice(x):\n    return 2 * x\n',
  'project/models/unused.py': '',
  'project/lib/deep.py': 'A = 1\n',
  'project/lib/native.so': 'compiled',
  'project/lib/native.pyi': 'X: int\n',
  'project/lazy.py': 'B = 1\n',
  'project/rare.py': 'C = 1\n',
  'project/space/inner.py': 'D = 1\n',
  'project/pkg/__init__.py': '',
  'project/pkg/__main__.py': 'from . import part\nimport mine, pathless, space.inner\nprint(part.E)\n',
  'project/pkg/part.py': 'E = 1\n',
  'project/plain.txt': 'text\n',
  'project/late.py': `import os
import _paths
import util

print(util.N)
if os.environ.get("NEVER"):
    import sys

    sys.path.insert(0, "lib/front")
import both


def setup():
    import far

    return far
`,
  'project/_paths.py':
    'import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))\n\n\ndef setup():\n    sys.path.append(os.path.expanduser("~/far"))\n',
  'project/util.py': 'N = 1\n',
  'project/lib/util.py': 'import by_util\nN = 1\n',
  'project/lib/by_util.py': '',
  'project/both.py': '',
  'project/lib/front/both.py': 'N = 1\n',
  'project/long.py': `N = 0x${'f'.repeat(6000)}\nimport after_long\n`,
  'project/after_long.py': '',
  'home/far/far.py': 'N = 1\n',
  'project/custom/sitecustomize.py': 'import by_site\nprint("starting")\n',
  'project/custom/by_site.py': 'N = 1\n',
  'project/pick.py':
    'import importlib\nimportlib.import_module("space.inner")\nprint(open("plain.txt").read())\n',
  'project/count.sh': '#!/usr/bin/env counter\nlines\n',
  'home/data/x.csv': '1,2\n',
  'home/bin/counter': '#!/bin/sh\ntrue\n',
  'home/bin/lister': '#!/bin/sh\ntrue\n',
  'home/set/a.txt': 'a\n',
  'home/editable/mine/__init__.py': 'from mine import own\n',
  'home/editable/mine/own.py': 'F = 1\n',
  'home/venv/pyvenv.cfg': `home = ${dirname(interpreter)}\n`,
  [`${packages}/installed.py`]: '',
  [`${packages}/required.py`]: '',
  [`${packages}/pathless.py`]: 'G = 1\n',
  [`${packages}/installed-1.0.dist-info/METADATA`]:
    'Metadata-Version: 2.1\nName: installed\nVersion: 1.0\nRequires-Dist: required (>=1)\nRequires-Dist: checker; extra == "test"\n',
  [`${packages}/installed-1.0.dist-info/RECORD`]: 'installed.py,,\n',
  [`${packages}/required-2.3.1.dist-info/METADATA`]:
    'Metadata-Version: 2.1\nName: Required\nVersion: 2.3.1\n',
  [`${packages}/checker-1.dist-info/METADATA`]: 'Metadata-Version: 2.1\nName: checker\nVersion: 1\n',
  [`${packages}/other-1.dist-info/METADATA`]: 'Metadata-Version: 2.1\nName: other\nVersion: 1\n',
};

const pipeline = (home: string) => `version: 1
name: changes
steps:
  train:
    kind: python
    with: { script: train.py, env: { MODE: fast }, outputs: { out: out.txt } }
  module: { kind: python, with: { module: pkg } }
  pick: { kind: python, with: { script: pick.py, files: [plain.txt] } }
  late: { kind: python, with: { script: late.py } }
  long:
    kind: python
    with: { script: long.py, env: { PYTHONPATH: custom } }
  count:
    kind: command
    with: { argv: [env, A=1, "${home}/bin/counter", --from=${home}/data/x.csv], files: ["${home}/data/*.csv"] }
  script: { kind: command, with: { argv: [./count.sh], files: [count.sh] } }
  shell: { kind: command, with: { argv: "true && counter plain.txt; echo a | xargs lister", shell: true, files: [plain.txt] } }
  folder: { kind: python, with: { script: rare.py, params: { data: { root: "~/set" } }, files: ["${home}/set"] } }
`;

/** Where it is planned: the root of the project, the folder to start in, and the home of the user. */
interface Place {
  readonly root: string;
  readonly folder: string;
  readonly home: string;
  /** Before the folders of PATH. */
  readonly first?: string;
}

let world: Project;
let usual: Place;

const pathOf = ({ home, first }: Place) =>
  [...(first === undefined ? [] : [first]), `${home}/venv/bin`, `${home}/bin`, '/usr/bin', '/bin'].join(':');

/** Of each step that is no hit, why. */
async function planAt(place: Place): Promise<{ readonly [step: string]: string | undefined }> {
  vi.stubEnv('PATH', pathOf(place));
  vi.stubEnv('HOME', place.home);
  const plan = await describePlan(place, {});
  expect(plan.ok ? [] : plan.failure).toEqual([]);
  const open = plan.ok ? plan.value.nodes.filter(({ state }) => state !== 'hit') : [];
  return Object.fromEntries(open.map(({ step, reason }) => [step, reason]));
}

/** Makes the environment's own paths those of a home, as an installation there would have them. */
function install(home: string): void {
  mkdirSync(join(home, 'venv/bin'), { recursive: true });
  rmSync(join(home, 'venv/bin/python3'), { force: true });
  symlinkSync(interpreter, join(home, 'venv/bin/python3'));
  writeFileSync(join(home, `venv/lib/python${version}/site-packages/mine.pth`), `${home}/editable\n`);
  for (const name of ['counter', 'lister']) chmodSync(join(home, 'bin', name), 0o755);
}

const edit = (path: string, from: string, to: string) => () => world.edit(path, from, to);
const write = (path: string, content: string) => () => world.write(path, content);
const upgrade = (name: string, from: string, to: string) => () => {
  const folder = `${packages}/${name}-${from}.dist-info`;
  world.edit(`${folder}/METADATA`, `Version: ${from}\n`, `Version: ${to}\n`);
  renameSync(world.path(folder), world.path(`${packages}/${name}-${to}.dist-info`));
};

/**
 * What is changed, how, where it is planned then if that is another place, and what is run again for which reason: none
 * where all are hits.
 */
const changes: readonly (readonly [string, () => unknown, { readonly [step: string]: string | RegExp }])[] = [
  ['a comment', edit('project/train.py', 'import deep\n', 'import deep  # as is\n'), {}],
  ['empty lines', edit('project/models/net.py', '\n\n\nclass', '\n\n\n\n\nclass'), {}],
  [
    'a docstring',
    edit('project/train.py', 'Trains.', 'Trains it.'),
    { train: 'module train.py changed: statements' },
  ],
  [
    'a function of a helper module',
    edit('project/models/layers.py', '2 * x', 'x + x'),
    { train: 'module models/layers.py changed: def twice' },
  ],
  [
    'a method',
    edit('project/models/net.py', 'return 1', 'return 2'),
    { train: 'module models/net.py changed: def Net.step' },
  ],
  [
    'a module imported in a function',
    edit('project/lazy.py', 'B = 1', 'B = 2'),
    { train: 'module lazy.py changed: statements' },
  ],
  [
    'a module imported under a condition',
    edit('project/rare.py', '1', '2'),
    { train: 'module rare.py changed: statements', folder: 'module rare.py changed: statements' },
  ],
  ['a module that nothing imports', write('project/models/unused.py', 'H = 1\n'), {}],
  [
    'a module of a folder that the script adds to sys.path',
    edit('project/lib/deep.py', '1', '2'),
    { train: 'module lib/deep.py changed: statements' },
  ],
  [
    'a module of a folder that a helper module adds to sys.path, with another of its name before',
    edit('project/lib/util.py', 'N = 1', 'N = 2'),
    { late: 'module lib/util.py changed: statements' },
  ],
  [
    'what is imported by that',
    write('project/lib/by_util.py', 'N = 1\n'),
    { late: 'module lib/by_util.py changed: statements' },
  ],
  [
    'a module of a folder outside that a function adds to sys.path',
    edit('home/far/far.py', '1', '2'),
    { late: 'module far changed: statements' },
  ],
  [
    'a module of a folder that is added under a condition',
    edit('project/lib/front/both.py', '1', '2'),
    { late: 'module lib/front/both.py changed: statements' },
  ],
  [
    'the module that is found without it',
    write('project/both.py', 'N = 1\n'),
    { late: 'module both.py changed: statements' },
  ],
  [
    'what Python imports by itself when it starts',
    edit('project/custom/by_site.py', '1', '2'),
    { long: 'module custom/by_site.py changed: statements' },
  ],
  [
    'a number of more digits than Python writes out',
    edit('project/long.py', '0xff', '0xfe'),
    { long: 'module long.py changed' },
  ],
  [
    'a module imported beside it',
    write('project/after_long.py', 'N = 1\n'),
    { long: 'module after_long.py changed: statements' },
  ],
  [
    'a compiled module',
    write('project/lib/native.so', 'otherwise'),
    { train: 'module lib/native.so changed' },
  ],
  ['the stub of a compiled module', write('project/lib/native.pyi', 'X: str\n'), {}],
  [
    'a module of a package run by -m',
    edit('project/pkg/part.py', '1', '2'),
    { module: 'module pkg/part.py changed: statements' },
  ],
  [
    'a module of a namespace package, imported and by import_module',
    edit('project/space/inner.py', '1', '2'),
    { module: /^module space\/inner.py changed/, pick: /^module space\/inner.py changed/ },
  ],
  [
    'an __init__.py for it',
    write('project/space/__init__.py', ''),
    { module: 'module space/__init__.py added', pick: 'module space/__init__.py added' },
  ],
  [
    'a new file that hides an installed module',
    write('project/installed.py', ''),
    { train: 'module installed.py added; installed 1.0 removed; required 2.3.1 removed' },
  ],
  ['an upgraded package', upgrade('installed', '1.0', '1.1'), { train: 'installed 1.0 -> 1.1' }],
  [
    'an upgraded package that another requires',
    upgrade('required', '2.3.1', '2.4.0'),
    { train: 'required 2.3.1 -> 2.4.0' },
  ],
  ['an upgraded package that is for its tests', upgrade('checker', '1', '2'), {}],
  ['an upgraded package that has nothing to do with it', upgrade('other', '1', '2'), {}],
  [
    'an editable install',
    edit('home/editable/mine/own.py', '1', '2'),
    { module: 'module mine.own changed: statements' },
  ],
  [
    'a module that was put beside the packages',
    edit(`${packages}/pathless.py`, '1', '2'),
    { module: 'module pathless changed: statements' },
  ],
  [
    'a data file outside of the root',
    write('home/data/x.csv', '3\n'),
    { count: 'file …/data/x.csv changed' },
  ],
  ['another data file there', write('home/data/y.csv', '3\n'), { count: 'file …/data/y.csv added' }],
  [
    'a program on PATH',
    edit('home/bin/counter', 'true', 'false'),
    {
      count: 'program counter changed',
      script: 'program counter changed',
      shell: 'program counter changed',
    },
  ],
  [
    'a program that another starts in a line of shell',
    edit('home/bin/lister', 'true', 'false'),
    { shell: 'program lister changed' },
  ],
  [
    'a folder outside of the root that a param names',
    write('home/set/a.txt', 'b\n'),
    { folder: 'file …/set/a.txt changed' },
  ],
  ['a script that is run', edit('project/count.sh', 'lines', 'words'), { script: 'file count.sh changed' }],
  [
    'a declared file',
    write('project/plain.txt', 'other\n'),
    { pick: 'file plain.txt changed', shell: 'file plain.txt changed' },
  ],
  [
    'a variable of the step',
    edit('project/pipelines/changes.yaml', 'MODE: fast', 'MODE: slow'),
    { train: 'with.env.MODE fast -> slow' },
  ],
  ['a variable that it is not passed', () => void vi.stubEnv('MODE', 'slow'), {}],
  [
    'files that are touched',
    () => {
      for (const path of Object.keys(files)) utimesSync(world.path(path), new Date(), new Date());
    },
    {},
  ],
  ['the name of a step', edit('project/pipelines/changes.yaml', '  pick:', '  chosen:'), {}],
  ['the folder in which kshot is started', () => ({ folder: world.path('project/models') }), {}],
  [
    'an equal program that comes first on PATH',
    () => {
      cpSync(world.path('home/bin'), world.path('first'), { recursive: true });
      return { first: world.path('first') };
    },
    {},
  ],
  [
    'the place of the project',
    () => {
      cpSync(world.path('project'), world.path('moved/away'), { recursive: true });
      return { root: world.path('moved/away'), folder: world.path('moved/away') };
    },
    {},
  ],
  [
    'another checkout that has the cache',
    () => {
      const root = world.path('clone');
      for (const [path, content] of Object.entries(files)) {
        if (path.startsWith('project/')) world.write(path.replace('project', 'clone'), content);
      }
      chmodSync(join(root, 'count.sh'), 0o755);
      for (const name of ['pipelines', 'cache', 'artifacts'])
        cpSync(world.path(`project/${name}`), join(root, name), { recursive: true });
      return { root, folder: root };
    },
    {},
  ],
  [
    'the home of another user',
    () => {
      const home = world.path('users/other');
      cpSync(world.path('home'), home, { recursive: true });
      install(home);
      world.write('project/pipelines/changes.yaml', pipeline(home));
      return { home };
    },
    {},
  ],
];

describe.runIf(hasPython)('a program is run again for what it comes of, and for nothing else', () => {
  beforeAll(async () => {
    world = temporaryProject({ files });
    rmSync(world.path('pipelines'), { recursive: true });
    usual = { root: world.path('project'), folder: world.path('project'), home: world.path('home') };
    world.write('project/pipelines/changes.yaml', pipeline(usual.home));
    install(usual.home);
    chmodSync(world.path('project/count.sh'), 0o755);
    const environment = { PATH: pathOf(usual), HOME: usual.home };
    const run = await kshot(world, ['run'], { folder: 'project', environment });
    expect([run.exitCode, run.stderr]).toEqual([0, expect.any(String)]);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    for (const name of readdirSync(world.path(packages))) {
      if (!Object.keys(files).some((path) => path.startsWith(`${packages}/${name}`)) && name !== 'mine.pth')
        rmSync(world.path(`${packages}/${name}`), { recursive: true });
    }
    for (const path of ['project/space/__init__.py', 'project/installed.py', 'home/data/y.csv'])
      rmSync(world.path(path), { force: true });
    for (const [path, content] of Object.entries({
      ...files,
      'project/pipelines/changes.yaml': pipeline(usual.home),
    })) {
      if (!existsSync(world.path(path)) || readFileSync(world.path(path), 'utf8') !== content)
        world.write(path, content);
    }
  });

  it.each(changes)('%s', async (_, change, expected) => {
    const place = { ...usual, ...(change() as Partial<Place> | undefined) };
    const open = await planAt(place);
    expect(open).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([step, reason]) => [
          step,
          typeof reason === 'string' ? reason : expect.stringMatching(reason),
        ]),
      ),
    );
  });
});
