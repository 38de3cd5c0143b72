import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/base/json.js';
import { command } from '../../../src/kinds/program/command.js';
import { loadPipeline } from '../../../src/pipeline/load-pipeline.js';
import { isAlive } from '../../run/support/is-alive.js';
import { digestAt, projectOf, runProject } from '../../run/support/run-pipeline.js';
import { canonicalOf, kindContext } from '../../support/kind-context.js';
import { temporaryProject } from '../../support/temporary-project.js';

afterEach(() => vi.unstubAllEnvs());

const { complete } = command.parameters;
const undeclaredFiles = (root: string, given: JsonObject, inputNames: readonly string[] = []) =>
  command.undeclaredFiles?.({ parameters: complete(given), inputNames }, root) ?? [];
const undeclared = (...step: Parameters<typeof undeclaredFiles>) =>
  undeclaredFiles(...step).map(({ path }) => path);
const objections = (given: JsonObject, inputNames: readonly string[] = []) =>
  command.check?.({ parameters: complete(given), inputNames, lengths: {}, facts: {} }) ?? [];
const messages = (parameters: JsonObject) => objections(parameters).map(({ message }) => message);

describe('a file of the root that argv names', () => {
  const { root } = temporaryProject({
    files: { 'train.py': '', 'conf/a.yaml': '', 'out.bin': '', pairs: '', 'my file': '' },
  });

  it('must be declared, as a word of its own or after an equals sign, however it is written', () => {
    expect(undeclared(root, { argv: ['python3', 'train.py'] })).toEqual(['train.py']);
    expect(undeclared(root, { argv: ['python3', './conf/../train.py'] })).toEqual(['train.py']);
    expect(undeclared(root, { argv: ['python3', `${root}/train.py`] })).toEqual(['train.py']);
    expect(undeclared(root, { argv: ['x', '--config=conf/a.yaml', 'train.py'] })).toEqual([
      'conf/a.yaml',
      'train.py',
    ]);
  });

  it('is looked for in the words of a shell line too', () => {
    const argv = 'cat conf/a.yaml|sort>x; python3 "train.py" && echo $(cat out.bin)';
    expect(undeclared(root, { argv, shell: true })).toEqual(['conf/a.yaml', 'train.py', 'out.bin']);
  });

  it('is fine where it is declared, or the name of an input or an output', () => {
    const argv = ['python3', 'train.py', 'pairs', 'out.bin'];
    expect(
      undeclared(root, { argv, files: ['./train.py'], outputs: { model: 'out.bin' } }, ['pairs']),
    ).toEqual([]);
  });

  it('is none where nothing, a folder, a program that is started or a device is named', () => {
    const argv = ['env', '/bin/sh', '/dev/null', 'conf', 'nothing.py', '/proc/self/stat', '..', 5, true];
    expect(undeclared(root, { argv })).toEqual([]);
  });

  it('must be declared outside of the root too, by its whole path', () => {
    const argv = ['cat', '--from=/etc/passwd', '../../etc/group'];
    const deep = join(root, 'conf');
    const found = undeclaredFiles(deep, { argv: [...argv, '../train.py'] });
    expect(found.map(({ path }) => path)).toEqual(['/etc/passwd', '../train.py']);
    expect(found[0]?.hint).toContain('files: [/etc/passwd]');
    expect(found[1]?.hint).toContain(`write ${root}/train.py, and add to the step's`);
    expect(undeclared(root, { argv: argv.slice(0, 2), files: ['/etc/passwd'] })).toEqual([]);
  });

  it('has the step refused with exit 3 and the line to add', async () => {
    const project = projectOf('  a: { kind: command, with: { argv: [sh, x.sh], files: [data.txt] } }\n', {
      'x.sh': '',
      'data.txt': '',
    });
    const graph = await loadPipeline({ root: project.root, file: 'pipelines/test.yaml' });
    const failure = graph.ok ? undefined : graph.failure[0];
    expect(failure).toMatchObject({ reason: 'undeclared-file' });
    expect(failure?.hint).toContain('files: [data.txt, x.sh]');
  });

  it('has a hint that YAML can read', () => {
    const [found] = undeclaredFiles(root, { argv: ['cat', 'my file'] });
    expect(found?.hint).toBe('add to the step\'s `with`: files: ["my file"]');
  });
});

describe('parameters', () => {
  it('are refused where a list and a shell, or a string and no shell, meet', () => {
    expect(messages({ argv: 'ls | wc' })[0]).toContain('add `shell: true`');
    expect(messages({ argv: ['ls'], shell: true })[0]).toContain('one string');
    expect(messages({ argv: ['ls'] })).toEqual([]);
  });

  it('are refused where a path leaves the root or the folder, or two outputs are one', () => {
    expect(messages({ argv: ['x'], files: ['/etc/passwd', '../a', 'a/../../b', 'a/b'] })).toHaveLength(2);
    expect(messages({ argv: ['x'], outputs: { a: '/tmp/x', b: { path: '../x' }, c: 'd/e' } })).toHaveLength(
      2,
    );
    expect(messages({ argv: ['x'], outputs: { a: 'x', b: './x' } })[0]).toContain('the same file');
    expect(objections({ argv: ['x'], files: ['a', '../b'] })[0]?.path).toEqual(['files', '1']);
  });

  it.each([
    [{ files: ['a', 'b'] }, ['b'], ['files'], "files: b is in the step's folder the same file as in.b"],
    [{ files: ['b/c'] }, ['b'], ['files'], 'files: b/c is inside of b, which is the place of in.b'],
    [{ outputs: { o: 'b' } }, ['b'], ['outputs', 'o'], 'the same file as in.b'],
    [{ outputs: { o: 'b/c' } }, ['b'], ['outputs', 'o'], 'the place of in.b'],
    [{ files: ['x/y'], outputs: { o: 'x/y' } }, [], ['outputs', 'o'], 'the same file as files'],
    [{ outputs: { o: 'x', p: 'x/y/z' } }, [], ['outputs', 'p'], 'the place of outputs.o'],
  ])(
    'are refused where two things would have one place: %j with inputs %j',
    (parameters, inputs, path, words) => {
      const [objection, ...others] = objections({ argv: ['x'], ...parameters }, inputs);
      expect(objection).toMatchObject({ path, message: expect.stringContaining(words) });
      expect(others).toEqual([]);
    },
  );

  it('are refused where an input would be in the place of a module, however that is found', async () => {
    const project = projectOf(
      `  v: { kind: value, with: { n: 1 } }
  c: { kind: python, in: { pkg: v.value }, with: { script: a.py } }
`,
      { 'a.py': 'import pkg.net', 'pkg/net.py': '' },
    );
    const graph = await loadPipeline({ root: project.root, file: 'pipelines/test.yaml' });
    expect(graph.ok ? [] : graph.failure.map(({ message }) => message)).toEqual(
      spawnSync('python3', ['--version']).status === 0
        ? ['files: pkg/net.py is inside of pkg, which is the place of in.pkg; rename one of them']
        : expect.anything(),
    );
  });

  it('may name neighbours, and a file twice', () => {
    const parameters = { argv: ['x'], files: ['s/a', './s/a', 's/b'], outputs: { o: 's/c', p: 'ab' } };
    expect(objections(parameters, ['a', 'data.csv'])).toEqual([]);
  });

  it('are canonical without what cannot change the result', () => {
    const parameters = {
      argv: ['x', 1, true, 1e-7],
      env: { A: 2, B: 1e-7 },
      outputs: { m: { path: './m' } },
      files: ['x'],
      chooses: true,
      deterministic: true,
    };
    expect(canonicalOf(command, parameters)).toEqual({
      argv: ['x', '1', 'true', '1.0e-07'],
      env: { A: '2', B: '1.0e-07' },
      outputs: { m: 'm' },
    });
  });

  it('are refused where a value cannot be a word, or a name in braces is nearly that of a param', () => {
    const params = { lr: 'a\0b', long: 'x'.repeat(200_000) };
    expect(objections({ argv: ['x', '{lr}'], params })).toMatchObject([
      { message: expect.stringContaining('NUL'), path: ['argv', '1'] },
    ]);
    expect(messages({ argv: ['x', '{long}'], params })[0]).toContain('the file that KSHOT_PARAMS names');
    expect(messages({ argv: ['x'], params })).toEqual([]);
    expect(objections({ argv: ['x', '{lrr}', '{other}'], params })).toMatchObject([
      { path: ['argv', '1'], unknown: { name: 'lrr' } },
    ]);
    expect(messages({ argv: ['x'], env: { A: 1 }, pass_env: ['A'] })).toEqual(['A is in env, too']);
  });

  it('make every input a choosing one where they say so', () => {
    if (typeof command.inputs !== 'function') throw new Error('its inputs depend on the step');
    const chooses = (parameters: JsonObject) =>
      typeof command.inputs === 'function' &&
      command.inputs({ parameters: complete(parameters), inputNames: ['a'] })['a']?.chooses;
    expect(chooses({ argv: ['x'], chooses: true })).toBe(true);
    expect(chooses({ argv: ['x'] })).toBe(false);
  });
});

describe('the name of an input', () => {
  it.each(['../../../outside', '/etc/x', '.', '..', '.hidden', 'a/b', '', 'a b'])(
    'that could be another path than a plain one is refused at planning: %j',
    async (name) => {
      const project = projectOf(
        `  v: { kind: value, with: { n: 1 } }
  w: { kind: command, in: { ${JSON.stringify(name)}: v.value }, with: { argv: ["true"] } }
`,
      );
      const graph = await loadPipeline({ root: project.root, file: 'pipelines/test.yaml' });
      const failures = graph.ok ? [] : graph.failure;
      expect(failures).toMatchObject([
        {
          reason: 'invalid-value',
          message: `${JSON.stringify(name)} is no name of an input`,
          hint: expect.stringContaining('letters, digits'),
          location: { line: 5 },
        },
      ]);
    },
  );

  it('that planning missed writes nothing outside of the fresh folder', async () => {
    const { root } = temporaryProject({ files: { given: 'bytes' } });
    for (const inputs of [{ '../outside': join(root, 'given') }, { '../scratch-2/x': join(root, 'given') }]) {
      const context = kindContext({
        folder: root,
        parameters: { argv: ['true'], env: {}, outputs: {} },
        inputs,
      });
      await expect((await command.load()).run(context)).rejects.toThrow("leaves the step's folder");
    }
    expect(readdirSync(root).sort()).toEqual(['given', 'pipelines', 'scratch']);
  });
});

describe('a program', () => {
  it('is tried again in a fresh folder, when nothing of the time before is left, and counts once', async () => {
    const project = projectOf(
      (root) => `  flaky:
    kind: command
    with:
      shell: true
      argv: "ls >> ${root}/seen; echo x > o; setsid sleep 600 & echo $! >> ${root}/pids; test $(wc -l < ${root}/pids) = 3"
      outputs: { o: o }
    retries: 2
  broken: { kind: command, with: { argv: ["false"] }, retries: 1 }
  absent: { kind: command, with: { argv: ["true"], outputs: { o: o } } }
`,
    );
    const run = await runProject(project, { keepGoing: true, slots: 1 });
    expect(run.counts).toMatchObject({ ran: 1, failed: 2 });
    expect(project.read('seen')).toBe('');
    const pids = project.read('pids').trim().split('\n').map(Number);
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    expect(project.read(run.outcomeOf('flaky').log ?? '')).toMatch(
      /executed again, attempt 2 of 3: the program ended with exit code 1[\s\S]*executed again, attempt 3 of 3/,
    );
    const retried = run.events.flatMap((event) => (event.event === 'step.retry' ? [event.node] : []));
    expect(retried.toSorted()).toEqual(['broken', 'flaky', 'flaky']);
    expect(run.outcomeOf('broken').failure?.message).toBe('the program ended with exit code 1');
  });

  it('is passed variables that are in no key and stand nowhere, and threads as it was granted CPUs', async () => {
    const project = projectOf(
      `  a: { kind: command, with: { shell: true, argv: 'echo "$TOKEN $OMP_NUM_THREADS $MKL_NUM_THREADS" > o', pass_env: [TOKEN], outputs: { o: o } }, resources: { cpus: 2, memory: 1 MiB, time: 1 h } }\n`,
    );
    vi.stubEnv('TOKEN', 'secret-1');
    const run = await runProject(project);
    expect(await run.textOf('a', 'o')).toBe('secret-1 2 2\n');
    expect(JSON.stringify([run.outcomeOf('a').entry, run.events])).not.toContain('secret');
    expect(project.read(run.outcomeOf('a').log ?? '')).not.toContain('secret');
    vi.stubEnv('TOKEN', 'secret-2');
    project.edit('pipelines/test.yaml', 'cpus: 2, memory: 1 MiB, time: 1 h', 'cpus: 1');
    expect((await runProject(project)).counts.hit).toBe(1);
    vi.stubEnv('TOKEN', undefined);
    const unset = await runProject(project, { force: 'all' });
    expect(unset.outcomeOf('a').failure).toMatchObject({
      message: 'the step is to be passed TOKEN, which is not set',
    });
    const graph = await loadPipeline({ root: project.root, file: 'pipelines/test.yaml' });
    expect(graph.ok && graph.value.warnings.map(({ message }) => message)).toEqual([
      'pass_env: TOKEN is not set here, and the step cannot run without it',
    ]);
  });

  it('that asks for more than the machine has is refused before anything starts', async () => {
    const project = projectOf(
      `  first: { kind: command, with: { argv: ["true"] } }
  cpus: { kind: command, with: { argv: ["true"] }, resources: { cpus: 4096 } }
  memory: { kind: command, with: { argv: ["true"] }, resources: { memory: 4096 TiB } }
`,
    );
    const run = await runProject(project);
    expect(run.outcomeOf('cpus').failure?.message).toMatch(
      /^cpus wants 4096 CPUs, and this machine has \d+$/,
    );
    expect(run.counts).toMatchObject({ ran: 0 });
    const all = await runProject(project, { keepGoing: true });
    expect(all.outcomeOf('memory').failure).toMatchObject({
      reason: 'device-unavailable',
      hint: 'lower resources.memory',
    });
    expect(all.counts).toMatchObject({ ran: 1, failed: 2 });
  });

  it('finds the elements of a list by what tells them apart, and an index of them', async () => {
    const project = projectOf(
      `  v: { kind: value, matrix: { lr: [0.1, 1.0e-7], name: [a/b] } }
  w: { kind: value, with: { n: 1 } }
  t: { kind: command, over: { v: v.value }, with: { shell: true, argv: "cp v o", params: { seed: 0 }, outputs: { o: o } }, matrix: { seed: [1, 2] } }
  all:
    kind: command
    in: { v: v, t: t.o, some: "t[seed=1]", both: [v, t], none: [w, w] }
    with: { shell: true, argv: "find v t some both none -type f | sort > list; cat t/index.json > index", outputs: { list: list, index: index } }
`,
    );
    const run = await runProject(project);
    const list = (await run.textOf('all', 'list')).trim().split('\n');
    expect(list).toEqual(
      expect.arrayContaining([
        'both/t@seed=2@lr=1e-7,name=a_b',
        'both/v@lr=0.1,name=a_b',
        'none/0',
        'none/1',
        'some/seed=1@lr=0.1,name=a_b',
        't/seed=2@lr=0.1,name=a_b',
        'v/lr=1e-7,name=a_b',
      ]),
    );
    const index = JSON.parse(await run.textOf('all', 'index')) as unknown;
    expect(index).toHaveLength(4);
    expect(index).toContainEqual({
      path: 't/seed=2@lr=1e-7,name=a_b',
      seed: 2,
      lr: 1e-7,
      name: 'a/b',
    });
  });

  it('finds files in folders at their places, and those outside of the root where they are', async () => {
    const outside = temporaryProject({ files: { 'x.csv': 'there\n' } });
    const project = projectOf(
      `  a: { kind: command, with: { shell: true, argv: "cat conf/*.txt conf/deep/c.txt ${outside.root}/x.csv > o; ls >> o", files: [conf/, ${outside.root}/*.csv], outputs: { o: o } } }\n`,
      { 'conf/a.txt': 'a\n', 'conf/deep/c.txt': 'c\n' },
    );
    expect(await (await runProject(project)).textOf('a', 'o')).toBe('a\nc\nthere\nconf\no\n');
    outside.write('x.csv', 'changed\n');
    expect((await runProject(project)).counts.ran).toBe(1);
  });

  it('finds inputs and files by their names in a fresh folder, and its outputs are collected', async () => {
    const run = await runProject(
      projectOf(
        `  v: { kind: value, with: { n: 1 } }
  p: { kind: command, with: { shell: true, argv: "echo a > a; echo b > b", outputs: { a: a, b: b } } }
  c:
    kind: command
    in: { one: v.value, same: v, all: p, two: [v.value, v] }
    with:
      shell: true
      argv: "cat one same all/a all/b two/0 two/1 scripts/say.txt > sub/result; find . -type f ! -name list | sort > list"
      files: [scripts/say.txt]
      outputs: { result: { path: sub/result }, list: list }
`,
        { 'scripts/say.txt': 'said\n' },
      ),
    );
    expect(await run.textOf('c', 'result')).toBe('{"n":1}\n{"n":1}\na\nb\n{"n":1}\n{"n":1}\nsaid\n');
    expect((await run.textOf('c', 'list')).trim().split('\n')).toEqual([
      './all/a',
      './all/b',
      './one',
      './same',
      './scripts/say.txt',
      './sub/result',
      './two/0',
      './two/1',
    ]);
  });

  it('has the same key whether it is given a step or its only port', async () => {
    const steps = (input: string) => `  v: { kind: value, with: { n: 1 } }
  c: { kind: command, in: { x: ${input} }, with: { argv: [cat, x] } }
`;
    const project = projectOf(steps('v'));
    await runProject(project);
    project.edit('pipelines/test.yaml', 'x: v', 'x: v.value');
    expect((await runProject(project)).counts).toMatchObject({ hit: 2, ran: 0 });
  });

  it('cannot change what it was given, neither in the cache nor in the root, even as root', async () => {
    const project = projectOf(
      `  v: { kind: value, with: { n: 1 } }
  c: { kind: command, in: { v: v.value }, with: { shell: true, argv: "chmod 666 v x.txt; echo bad > v; echo bad > x.txt; rm -f v; true", files: [x.txt] } }
`,
      { 'x.txt': 'mine' },
    );
    const run = await runProject(project);
    expect(run.counts.ran).toBe(2);
    expect(readFileSync(run.store.objectPath(digestAt(run.outcomeOf('v').entry)), 'utf8')).toBe('{"n":1}\n');
    expect(project.read('x.txt')).toBe('mine');
  });

  it('may be a script of the root, which keeps its permission to run', async () => {
    const project = projectOf(
      '  c: { kind: command, with: { argv: [./run.sh, a b], files: [run.sh], outputs: { o: o } } }\n',
      { 'run.sh': '#!/bin/sh\necho "got $1" > o\n' },
    );
    chmodSync(project.path('run.sh'), 0o755);
    expect(await (await runProject(project)).textOf('c', 'o')).toBe('got a b\n');
  });

  it('runs again when its script is edited, and not when only the rest of the environment differs', async () => {
    const project = projectOf(
      '  c: { kind: command, with: { argv: [sh, s.sh], files: [s.sh], outputs: { o: o } } }\n',
      { 's.sh': 'echo 1 > o\n' },
    );
    await runProject(project);
    vi.stubEnv('PATH', `${process.env['PATH']}:/nowhere`);
    vi.stubEnv('SOMETHING', 'else');
    expect((await runProject(project)).counts.hit).toBe(1);
    project.write('s.sh', 'echo 2 > o\n');
    const run = await runProject(project);
    expect(run.counts.ran).toBe(1);
    expect(await run.textOf('c', 'o')).toBe('2\n');
  });

  it('sees PATH, HOME, LANG, what kshot tells it and what is declared, and nothing else', async () => {
    vi.stubEnv('SECRET', 'x');
    vi.stubEnv('LANG', 'C.UTF-8');
    const project = projectOf(
      '  c: { kind: command, with: { argv: [/usr/bin/env], env: { SEED: 5 } } }\n  d: { kind: command, with: { argv: "/usr/bin/env > o", shell: true, outputs: { o: o } } }\n',
    );
    const run = await runProject(project);
    const names = (await run.textOf('d', 'o'))
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '')
      // A shell adds these by itself.
      .filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name));
    const python = ['PYTHONDONTWRITEBYTECODE', 'PYTHONHASHSEED', 'PYTHONPATH', 'PYTHONUNBUFFERED'];
    const threads = ['MKL_NUM_THREADS', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'];
    expect(names.sort()).toEqual(
      [
        'HOME',
        'KSHOT_EVENTS',
        'KSHOT_STATE',
        'KSHOT_STEP_FOLDER',
        'LANG',
        'PATH',
        ...python,
        ...threads,
      ].sort(),
    );
    const log = project.read(run.outcomeOf('c').log ?? '');
    expect(log).toContain('$ /usr/bin/env\n');
    expect(log).toContain('SEED=5\n');
    expect(log).not.toContain('SECRET');
  });

  it('that leaves out an output, or makes a folder of it, has failed', async () => {
    const run = await runProject(
      projectOf(
        '  a: { kind: command, with: { argv: ["true"], outputs: { o: o } } }\n  b: { kind: command, with: { argv: [mkdir, o], outputs: { o: o } } }\n',
      ),
      { keepGoing: true },
    );
    expect(run.outcomeOf('a').failure).toMatchObject({
      reason: 'output-missing',
      message: 'the program did not write o',
    });
    expect(run.outcomeOf('b').failure).toMatchObject({
      reason: 'output-missing',
      message: 'o is a folder, and a file was declared',
      hint: 'a path that ends in a slash is a folder: outputs: { o: o/ }',
    });
  });

  it('may link an output inside of its folder, and not out of it', async () => {
    const run = await runProject(
      projectOf(
        (
          root,
        ) => `  in: { kind: command, with: { shell: true, argv: "echo x > f; ln -s f o", outputs: { o: o } } }
  out: { kind: command, with: { argv: [ln, -s, /etc/passwd, o], files: [/etc/passwd], outputs: { o: o } } }
  above: { kind: command, with: { shell: true, argv: "rmdir s; ln -s ${root}/pipelines s", outputs: { o: s/test.yaml } } }
`,
      ),
      { keepGoing: true },
    );
    expect(await run.textOf('in', 'o')).toBe('x\n');
    expect(run.outcomeOf('out').failure).toMatchObject({
      reason: 'output-missing',
      message: "o is a link to /etc/passwd, outside of the step's folder",
    });
    expect(run.outcomeOf('above').failure?.message).toContain("outside of the step's folder");
  });

  it('that is not there, or ends by a signal, is said to be', async () => {
    const run = await runProject(
      projectOf(
        `  a: { kind: command, with: { argv: [no-such-program] } }
  b: { kind: command, with: { argv: [node, -e, "process.kill(process.pid,'SIGKILL')"] } }
`,
      ),
      { keepGoing: true },
    );
    expect(run.outcomeOf('a').failure?.message).toBe(
      'the program could not be started: there is no no-such-program',
    );
    expect(run.outcomeOf('b').failure).toMatchObject({
      reason: 'step-failed',
      message: 'the program was ended by SIGKILL',
      hint: expect.stringMatching(/memory.*--jobs.*retries/),
    });
  });

  it('takes with it what it left running, and does not wait for it', async () => {
    const project = projectOf('');
    project.write(
      'pipelines/test.yaml',
      `version: 1\nname: test\nsteps:\n  a: { kind: command, with: { shell: true, argv: "sleep 60 & echo $! > ${project.root}/pid" } }\n`,
    );
    const start = performance.now();
    expect((await runProject(project)).counts.ran).toBe(1);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(isAlive(Number(project.read('pid')))).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'takes with it what left its process group, at its end and when its time is up',
    async () => {
      const project = projectOf(
        (
          root,
        ) => `  a: { kind: command, with: { shell: true, argv: "(setsid sleep 600 & echo $! > ${root}/a; until grep -q sleep /proc/$!/comm; do sleep 0.01; done)" } }
  b: { kind: command, with: { shell: true, argv: "setsid sleep 600 & echo $! > ${root}/b; wait" }, resources: { time: 1 s } }
`,
      );
      const run = await runProject(project, { keepGoing: true });
      expect(run.outcomeOf('a').outcome).toBe('ran');
      expect(run.outcomeOf('b').failure?.reason).toBe('step-timeout');
      for (const name of ['a', 'b']) {
        const pid = project.read(name).trim();
        expect(isAlive(Number(pid))).toBe(false);
        expect(project.read(run.outcomeOf(name).log ?? '')).toContain(
          `the program left this running, and it was ended: sleep (process ${pid})\n`,
        );
      }
    },
  );

  it.runIf(process.platform === 'linux')('does not wait for what hides from it, and says so', async () => {
    const project = projectOf(
      (
        root,
      ) => `  a: { kind: command, with: { shell: true, argv: "env -i setsid sleep 600 & echo $! > ${root}/a; until grep -q sleep /proc/$!/comm; do sleep 0.01; done" } }
`,
    );
    const run = await runProject(project);
    const pid = Number(project.read('a'));
    process.kill(pid, 'SIGKILL');
    expect(run.outcomeOf('a').outcome).toBe('ran');
    const log = project.read(run.outcomeOf('a').log ?? '');
    expect(log).toContain(`it was not ended: sleep (process ${pid})\n`);
    expect(log).toContain('holds its output open');
  });

  it('that removes its own folder has no output, and is told so', async () => {
    const run = await runProject(
      projectOf(
        '  a: { kind: command, with: { shell: true, argv: "echo x > o; rm -rf \\"$PWD\\"", outputs: { o: o } } }\n',
      ),
    );
    expect(run.outcomeOf('a').failure).toMatchObject({
      reason: 'output-missing',
      message: 'the program removed the folder in which it was started, and o with it',
    });
    expect(run.outcomeOf('a').failure?.details).toBeUndefined();
  });

  it('may write a line of any length, of which the log has the beginning and the end', async () => {
    const project = projectOf(
      `  a: { kind: command, with: { shell: true, argv: "printf begin; head -c 60000000 /dev/zero | tr '\\\\0' x; echo end; echo after" } }
`,
    );
    const run = await runProject(project);
    const log = project.read(run.outcomeOf('a').log ?? '');
    expect(log.length).toBeLessThan(20_000);
    expect(log).toMatch(/^beginx+ \[kshot: \d+ bytes of this line left out\] x+end\nafter$/m);
  });

  it('is not taken to be deterministic unless it says so', async () => {
    const steps = '  a: { kind: command, with: { shell: true, argv: "date +%N > o", outputs: { o: o } } }\n';
    const project = projectOf(steps);
    await runProject(project);
    expect((await runProject(project, { force: 'all' })).counts.ran).toBe(1);
    project.edit('pipelines/test.yaml', 'shell: true', 'shell: true, deterministic: true');
    const claimed = await runProject(project, { force: 'all' });
    expect(claimed.outcomeOf('a').failure?.reason).toBe('not-deterministic');
  });
});

it('describes every parameter, for editors', () => {
  const properties = command.parameters.schema['properties'] as { readonly [name: string]: JsonObject };
  for (const property of Object.values(properties)) {
    expect(isJsonObject(property) && typeof property['description']).toBe('string');
  }
});
