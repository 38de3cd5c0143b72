import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { eventsOf, kshot } from '../support/kshot.js';
import { sentEvents } from '../support/sent-events.js';
import { temporaryProject } from '../support/temporary-project.js';

const python = ['/usr/bin/python3', 'python3'].find((one) => spawnSync(one, ['--version']).status === 0);
if (python === undefined) console.warn('skipped: python/kshot.py, because python3 is missing');

const folder = mkdtempSync(join(tmpdir(), 'kshot-python-'));
afterAll(() => rmSync(folder, { recursive: true }));
const modules = fileURLToPath(new URL('../../python', import.meta.url));
const paramsFile = join(folder, 'params.json');

/** Runs a script by hand, or with what a step would tell it. */
function run(script: string, args: readonly string[] = [], environment: { [name: string]: string } = {}) {
  const file = join(folder, 'script.py');
  writeFileSync(file, script);
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(python ?? '', [file, ...args], {
    encoding: 'utf8',
    env: { PATH, PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '1', ...environment },
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const defaults = `
import json
from kshot import params
p = params(lr=0.01, seed=1, name="a", fast=False, layers=[1, 2], model={"dim": 3, "act": None})
print(json.dumps(p), p.lr == p["lr"], p.model.dim)
`;

describe.runIf(python !== undefined)('kshot.params', () => {
  it('takes parameters from the command line where a script is run by hand', () => {
    const flags = ['--lr', '1', '--seed=-4', '--fast', '--name', '7', '--layers', '[3]', '--model.dim', '9'];
    const { stdout } = run(defaults, flags);
    expect(stdout).toBe(
      '{"lr": 1.0, "seed": -4, "name": "7", "fast": true, "layers": [3], "model": {"dim": 9, "act": null}} True 9',
    );
    expect(run(defaults).stdout).toContain('{"lr": 0.01, "seed": 1,');
    expect(run('from kshot import params\nprint(params(warm_up=True))', ['--no-warm-up']).stdout).toBe(
      "{'warm_up': False}",
    );
    expect(run('from kshot import params\nprint(params())', ['--a', '1e-3', '--b.c', 'x']).stdout).toBe(
      "{'a': 0.001, 'b': {'c': 'x'}}",
    );
  });

  it('takes them from the step where there is one, whatever stands on its command line', () => {
    writeFileSync(paramsFile, '{"lr": 3, "model": {"dim": 4}}');
    const { stdout } = run(defaults, ['--lr', '9'], { KSHOT_PARAMS: paramsFile });
    expect(stdout).toBe(
      '{"lr": 3.0, "seed": 1, "name": "a", "fast": false, "layers": [1, 2], "model": {"dim": 4, "act": null}} True 4',
    );
  });

  it.each([
    [
      '--sed',
      '1',
      'script.py: there is no parameter sed: there is lr, seed, name, fast, layers, model.dim, model.act',
    ],
    ['--seed', '1.5', 'script.py: seed is 1.5, and its default, 1, is of another type'],
    ['--lr', 'high', "script.py: lr is 'high', and its default, 0.01, is of another type"],
    ['0.1', '', "script.py: '0.1' is no parameter; write --name value"],
    ['--seed', undefined, 'script.py: --seed wants a value'],
  ])('ends the program at %s %s', (flag, value, message) => {
    const { status, stderr } = run(defaults, value === undefined ? [flag] : [flag, value]);
    expect([status, stderr]).toEqual([1, message]);
  });

  it('ends the program at a parameter of the step that the script does not know', () => {
    writeFileSync(paramsFile, '{"lr": 3, "model": {"width": 4}}');
    const { status, stderr } = run(defaults, [], { KSHOT_PARAMS: paramsFile });
    expect(status).toBe(1);
    expect(stderr).toBe(
      "script.py: the step's `params` has no parameter model.width: there is model.dim, model.act",
    );
  });
});

describe.runIf(python !== undefined)('kshot.log', () => {
  const script = `
from kshot import log
class Tensor:
    def __float__(self): return 0.25
log(1, total=3, unit="epoch", loss=Tensor(), ok=True)
log(2, {"val/loss": float("nan"), "best": float("inf")}, none=None)
try:
    log(3, loss="high")
except TypeError as error:
    print(error)
`;

  it('appends events that kshot reads, and does nothing without it', () => {
    const file = join(folder, 'events.jsonl');
    expect(run(script)).toEqual({ status: 0, stdout: "log() takes numbers, and loss is 'high'", stderr: '' });
    expect(run(script, [], { KSHOT_EVENTS: file }).status).toBe(0);
    expect(sentEvents(file)).toEqual({
      events: [
        { step: 1, total: 3, unit: 'epoch', values: { loss: 0.25, ok: 1 } },
        { step: 2, values: { 'val/loss': Number.NaN, best: Infinity, none: Number.NaN } },
      ],
      problems: [],
    });
  });

  it('does not end a program because a line cannot be written, and says so once', () => {
    const { status, stderr } = run(script, [], { KSHOT_EVENTS: join(folder, 'no', 'such') });
    expect(status).toBe(0);
    expect(stderr.match(/kshot: log\(\) cannot write/g)).toHaveLength(1);
  });

  it('keeps the lines of processes that write at once apart', () => {
    const file = join(folder, 'many.jsonl');
    const many = `
import os
from kshot import log
for worker in range(4):
    if os.fork() == 0:
        for step in range(200):
            log(step, worker=worker, **{"x" * 300: 1})
        os._exit(0)
for worker in range(4):
    os.wait()
`;
    expect(run(many, [], { KSHOT_EVENTS: file }).status).toBe(0);
    const { events, problems } = sentEvents(file);
    expect([events.length, problems]).toEqual([800, []]);
  });

  it('is there for the programs of a pipeline, whose output is not held back', async () => {
    const project = temporaryProject({
      files: {
        'pipelines/a.yaml': `version: 1
steps:
  train: { kind: command, with: { argv: [${python}, train.py], files: [train.py], outputs: { o: o } } }
`,
        'train.py': `import os, sys
from kshot import log
log(1, total=2, loss=0.5)
print("held?")
assert sys.stdout.write_through or os.environ["PYTHONUNBUFFERED"]
open("o", "w").close()
log(2, loss=0.25)
`,
      },
    });
    const finished = await kshot(project, ['run', '--json', '--tag', 'a']);
    expect(finished.exitCode).toBe(0);
    const events = eventsOf(finished);
    expect(events.findLast(({ event }) => event === 'step.progress')).toMatchObject({
      done: 2,
      total: 2,
      values: { loss: 0.25 },
    });
    expect(events.find(({ event }) => event === 'step.finish')).toMatchObject({ values: { loss: 0.25 } });
  });
});

const stateful = `
import os
from kshot import state
at = 0
if state.exists("sub/at.txt"):
    with open(state.path("sub/at.txt")) as file:
        at = int(file.read())
with state.save("sub/at.txt") as path:
    with open(path, "w") as file:
        file.write(str(at + 1))
try:
    with state.save("sub/at.txt") as path:
        with open(path, "w") as file:
            file.write("half")
        raise KeyError("no")
except KeyError:
    pass
print(at, sorted(os.listdir(os.path.join(state.folder, "sub"))), os.path.isdir(state.folder))
print(state.folder)
`;

describe.runIf(python !== undefined)('kshot.state', () => {
  it('keeps files from one start to the next, each replaced as a whole', () => {
    const KSHOT_STATE = join(folder, 'state');
    const [first] = run(stateful, [], { KSHOT_STATE }).stdout.split('\n');
    const [second, named] = run(stateful, [], { KSHOT_STATE }).stdout.split('\n');
    expect([first, second]).toEqual(["0 ['at.txt'] True", "1 ['at.txt'] True"]);
    expect(named).toBe(KSHOT_STATE);
    expect(readFileSync(join(KSHOT_STATE, 'sub/at.txt'), 'utf8')).toBe('2');
  });

  it('is a folder that is gone afterwards where a script is run by hand', () => {
    const [first] = run(stateful).stdout.split('\n');
    const [second, named = ''] = run(stateful).stdout.split('\n');
    expect([first, second]).toEqual(["0 ['at.txt'] True", "0 ['at.txt'] True"]);
    expect(existsSync(named)).toBe(false);
  });

  it('refuses names that lead out of it', () => {
    for (const name of ['../x', '/x', '.', '']) {
      const script = `from kshot import state\nstate.path(${JSON.stringify(name)})`;
      expect(run(script).stderr, name).toContain('is no name of a file in the state');
    }
  });
});
