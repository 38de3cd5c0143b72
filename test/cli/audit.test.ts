import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import type { Audit } from '../../src/session/auditing/audit-step.js';
import { kshot, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const missing =
  spawnSync('/usr/bin/python3', ['--version']).status !== 0
    ? 'there is no /usr/bin/python3'
    : spawnSync('strace', ['-o', '/dev/null', '/bin/true']).status !== 0
      ? 'strace is not here, or may trace nothing (Debian: strace)'
      : undefined;
if (missing !== undefined) console.warn(`skipping audits: ${missing}`);

const reads = (root: string, elsewhere: string) => `import os, subprocess, tempfile
root, elsewhere = ${JSON.stringify([root, elsewhere]).slice(1, -1)}
text = open("data/declared.csv").read() + open("best").read()
text += open(root + "/data/r\\u00e4w \\"1\\".csv").read()
text += open(root + "/models/published.bin").read()
for name in sorted(os.listdir(elsewhere + "/many")):
    text += open(f"{elsewhere}/many/{name}").read()
os.listdir(root + "/data/names")
os.path.getsize(elsewhere + "/one.csv")
open(elsewhere + "/libown.so.2").read()
open("/etc/debian_version").read()
open(os.path.expanduser("~/.config/tool/rates.yaml")).read()
open(os.path.expanduser("~/.kaggle/kaggle.json")).read()
try:
    open(root + "/local.yaml")
except OSError:
    pass
with tempfile.TemporaryDirectory() as folder:
    open(folder + "/x", "w").write("1")
    text += open(folder + "/x").read()
os.chdir(elsewhere + "/tools")
text += subprocess.run(["./tool"], capture_output=True, text=True, check=True).stdout
open(os.environ["KSHOT_STEP_FOLDER"] + "/out.txt", "w").write(text)
print("it has read all")
`;

const careful = `import os, subprocess
from helper import TEXT
from kshot import params
print(params().rate, os.listdir("data/names"), subprocess.run(["uname"], capture_output=True).returncode)
open("note.txt", "w").write(TEXT)
open("out.txt", "w").write(open("note.txt").read() + open("data/declared.csv").read() + open("best").read())
`;

const pipeline = `version: 1
name: own
steps:
  make:
    kind: command
    with: { argv: [cp, data/declared.csv, out.bin], files: [data/declared.csv], outputs: { model: out.bin } }
  reads:
    kind: python
    in: { best: make.model }
    with: { script: reads.py, files: [data/declared.csv], outputs: { out: out.txt } }
  careful:
    kind: python
    in: { best: make.model }
    with: { script: careful.py, files: [data/declared.csv, data/names/], params: { rate: 1 }, args: [], outputs: { out: out.txt } }
  fails: { kind: python, with: { script: fails.py, outputs: { out: out.txt } } }
  waits: { kind: command, with: { argv: "cat $(echo /etc/debian)_version; echo begun; sleep 60", shell: true, outputs: { out: out.txt } } }
  later: { kind: python, in: { text: careful.out }, with: { script: careful.py, outputs: { out: out.txt } } }
  users: { kind: data.synthetic, with: { users: 60, items: 40 } }
`;

describe.skipIf(missing !== undefined)('kshot audit', () => {
  let project: Project;
  let elsewhere: Project;
  let environment: { readonly [name: string]: string };
  beforeAll(async () => {
    elsewhere = temporaryProject({
      files: {
        ...Object.fromEntries([1, 2, 3, 4].map((name) => [`many/${name}`, String(name)])),
        'one.csv': '1',
        'libown.so.2': '',
        'tools/tool': '#!/bin/sh\ncat table.txt\n',
        'tools/table.txt': 'of the tool',
        'home/.config/tool/rates.yaml': 'rate: 1',
        'home/.kaggle/kaggle.json': '{}',
      },
    });
    chmodSync(elsewhere.path('tools/tool'), 0o755);
    // The system's Python: one that chooses another by the folder takes a second to start.
    environment = { PATH: '/usr/bin:/bin', HOME: elsewhere.path('home') };
    project = temporaryProject({
      files: {
        'pipelines/own.yaml': pipeline,
        'data/declared.csv': 'declared\n',
        'data/räw "1".csv': 'raw\n',
        'data/names/a.png': '',
        'models/published.bin': 'declared\n',
        'helper.py': 'TEXT = "helped"\n',
        'careful.py': careful,
        'fails.py':
          'import os\nopen(os.path.expanduser("~/.config/tool/rates.yaml"))\nraise SystemExit("no data")\n',
      },
    });
    project.write('reads.py', reads(project.root, elsewhere.root));
    const { exitCode, stderr } = await kshot(project, ['run', 'make'], { environment });
    expect(exitCode, stderr).toBe(0);
  });

  it('lists what no key knows, what matters most first, and what to add', async () => {
    const cached = () =>
      ['objects', 'steps', 'partial'].flatMap((folder) =>
        readdirSync(project.path(`cache/${folder}`), { recursive: true, encoding: 'utf8' }),
      );
    const before = cached();
    const { exitCode, stdout, stderr } = await kshot(project, ['audit', 'reads', '--json'], { environment });
    expect(exitCode, stdout + stderr).toBe(0);
    const { findings, missed, add, failures } = JSON.parse(stdout) as Audit;
    const home = elsewhere.path('home');
    expect(findings).toEqual([
      { sort: 'project', name: 'data/names', how: 'listed' },
      { sort: 'project', name: 'data/räw "1".csv', how: 'read' },
      { sort: 'project', name: 'models/published.bin', how: 'read' },
      { sort: 'outside', name: elsewhere.path('many/'), how: 'read', files: 4 },
      { sort: 'outside', name: elsewhere.path('one.csv'), how: 'looked-at' },
      { sort: 'outside', name: elsewhere.path('tools/table.txt'), how: 'read', by: '/usr/bin/cat' },
      { sort: 'program', name: elsewhere.path('tools/tool'), how: 'run' },
      { sort: 'configuration', name: `${home}/.config/tool/rates.yaml`, how: 'read' },
      { sort: 'configuration', name: `${home}/.kaggle/kaggle.json`, how: 'read' },
      { sort: 'library', name: elsewhere.path('libown.so.2'), how: 'read' },
      { sort: 'system', name: '/etc/debian_version', how: 'read' },
    ]);
    expect(missed).toEqual(['local.yaml']);
    const place = elsewhere.root;
    expect(add.map(({ under, line }) => ({ under, line }))).toEqual([
      { under: 'step', line: 'in: { published: make.model }' },
      {
        under: 'with',
        line: `files: [data/declared.csv, data/names/, "data/räw \\"1\\".csv", ${place}/many/, ${place}/one.csv, ${place}/tools/table.txt, ${place}/tools/tool, ${home}/.config/tool/rates.yaml, ${place}/libown.so.2]`,
      },
      { under: 'with', line: 'pass_env: [KAGGLE_USERNAME, KAGGLE_KEY]' },
    ]);
    expect(failures).toEqual([]);
    expect(stderr).toContain('thrown away');
    expect(stderr).toContain('it has read all');
    // What it gave is in no cache, and its folder is gone.
    expect(cached()).toEqual(before);
  });

  it('says so where there is nothing', async () => {
    const { exitCode, stdout, stderr } = await kshot(project, ['audit', 'careful'], { environment });
    expect({ exitCode, stdout }, stderr).toEqual({
      exitCode: 0,
      stdout: 'careful read nothing that matters and is in no key\n',
    });
  });

  it('tells what a program read that fails, or is stopped', async () => {
    const waiting = startKshot(project, ['audit', 'waits'], { environment });
    const failing = kshot(project, ['audit', 'fails'], { environment });
    await waiting.until(/^ {2}begun$/m);
    waiting.process.kill('SIGINT');
    const stopped = await waiting.finished;
    expect(stopped).toMatchObject({ exitCode: 130 });
    expect(stopped.stdout).toBe(
      'waits, as far as it came, read nothing that matters and is in no key\n  the system: declare what shapes a result\n    /etc/debian_version (by /usr/bin/cat)\n',
    );
    const failed = await failing;
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('exit code 1') });
    const file = elsewhere.path('home/.config/tool/rates.yaml');
    expect(failed.stdout).toBe(
      `fails, as far as it came, read what is in no key:\n  your own configuration\n    ${file}\nadd to step fails in pipelines/own.yaml:\n  with:\n    files: [${file}]\n`,
    );
  });

  it.skipIf(!existsSync('/usr/lib/python3/dist-packages/sklearn'))(
    'lists nothing that matters of an example that ships',
    async () => {
      const example = fileURLToPath(new URL('../../examples/sklearn', import.meta.url));
      const copy = temporaryProject({});
      for (const name of ['pipelines/digits.yaml', 'split.py', 'train.py', 'evaluate.py']) {
        copy.write(name, readFileSync(join(example, name)));
      }
      const { stdout, stderr } = await kshot(copy, ['audit', 'data', '--json'], { environment });
      const { matters, findings, add } = JSON.parse(stdout) as Audit;
      expect({ matters, add }, stdout + stderr).toEqual({ matters: false, add: [] });
      // Packages that it imports, and those that they require, are in the key.
      expect(findings.map(({ name }) => name).join()).not.toMatch(/numpy|scipy|scikit|joblib/);
    },
  );

  it('refuses what is no program, or cannot run yet', async () => {
    const withoutStrace = temporaryProject({
      files: {
        'pipelines/one.yaml':
          'version: 1\nname: one\nsteps: { one: { kind: command, with: { argv: [/bin/true], outputs: { out: out.txt } } } }\n',
      },
    });
    const refusal = async (step: string, one = project, surroundings = environment) => {
      const { exitCode, stdout } = await kshot(one, ['audit', step, '--json'], { environment: surroundings });
      return { exitCode, ...(JSON.parse(stdout) as { failures: Failure[] }).failures[0] };
    };
    const [later, users, red, absent] = await Promise.all([
      refusal('later'),
      refusal('users'),
      refusal('red'),
      refusal('one', withoutStrace, { ...environment, PATH: elsewhere.path('tools') }),
    ]);
    expect(later).toMatchObject({
      exitCode: 2,
      reason: 'no-results',
      message: 'later reads what is not there yet: careful',
      hint: 'compute it first: kshot run pipelines/own.yaml careful',
    });
    expect(users).toMatchObject({ exitCode: 2, message: expect.stringContaining('data.synthetic') });
    expect(red).toMatchObject({ reason: 'unknown-step', hint: expect.stringContaining('reads') });
    expect(absent).toMatchObject({
      exitCode: 36,
      reason: 'tracer-unavailable',
      hint: expect.stringContaining('apt install strace'),
    });
  });
});
