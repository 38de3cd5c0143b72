import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot, mainFile } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const project = temporaryProject({
  files: { 'pipelines/a.yaml': 'version: 1\nsteps:\n  one: { kind: value, with: { a: 1 } }\n' },
});
describe('the command line', () => {
  it.each([
    ['cache verify --help', 'cache verify'],
    ['help plan', 'plan'],
  ])('helps on stdout with %s, with an example', async (args, command) => {
    const { exitCode, stdout, stderr } = await kshot(project, args.split(' '));
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: kshot ${command} `));
    expect(stdout).toMatch(/\nExamples?:\n {2}kshot /);
  });

  it('lists its commands, and only those that there are', async () => {
    const { exitCode, stdout } = await kshot(project, ['--help']);
    expect(exitCode).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}(\w+)[ \n]/gm)].map((match) => match[1]);
    expect(listed).toEqual(
      expect.arrayContaining(['run', 'plan', 'dag', 'diff', 'report', 'sql', 'cache', 'doctor', 'schema']),
    );
  });

  it('prints its version', async () => {
    const { exitCode, stdout } = await kshot(project, ['--version']);
    expect([exitCode, stdout.trim()]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  });

  it.each([
    [['rnu'], /unknown command 'rnu'/, /^did you mean run\?\n$/],
    [['help', 'rnu'], /unknown command 'rnu'/, /^did you mean run\?\n$/],
    [['help', 'nothing-like-it'], /unknown command/, /kshot --help lists the commands/],
    [['explain', 'one', 'two'], /two is no pipeline file/, /\.yaml/],
    [['run', '--keep-goin'], /unknown option '--keep-goin'/, /--keep-going/],
    [['sql'], /sql takes one query/, /latest_metrics/],
    [['run', '-j', '0'], /'0' is invalid/, /./],
    [['sql', 'SELECT 1', '--format', 'xml'], /xml/, /./],
    [[], /no command/, /--help/],
    [['cache'], /no command/, /--help/],
    [['gc', '--keep', '-1'], /'-1' is invalid. It is a whole number from 0/, /kshot gc --help/],
    [['cache', 'verify', 'all'], /too many arguments/, /kshot cache verify --help/],
    [['plan', 'pipelines/a.yam'], /there is no file pipelines\/a\.yam/, /did you mean pipelines\/a\.yaml\?/],
    [['plan', 'cache/'], /there is no file cache\//, /pipelines\/a\.yaml/],
    [['plan', 'on'], /there is no step on/, /did you mean one\?/],
    [['cache', 'veryfy'], /unknown command 'veryfy'/, /verify/],
  ])('refuses %j with exit code 2, and says what to write', async (args, message, hint) => {
    const { exitCode, stdout, stderr } = await kshot(project, args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.split('hint: ')[1]).toMatch(hint);
  });

  it('gives failures as JSON on stdout with --json', async () => {
    const { exitCode, stdout, stderr } = await kshot(project, ['plan', '--json', '--set', 'params.x=1']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    const { failures } = JSON.parse(stdout) as { failures: { reason: string; message: string }[] };
    expect(failures[0]?.reason).toBe('unknown-path');
  });

  it.each(
    [
      'plan',
      'status',
      'dag',
      'explain one',
      'gc',
      'pin',
      'runs',
      'cache verify',
      'doctor',
      'results',
      'diff',
      'report',
      'logs one',
    ].map((line) => [line]),
  )('answers %s --json with one document that has a version, where it fails too', async (line) => {
    const { stdout } = await kshot(project, [...line.split(' '), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });

  it('points at every mistake in a pipeline with a caret, and counts them', async () => {
    project.write(
      'pipelines/bad.yaml',
      'version: 1\nsteps:\n  one: { knd: value }\n  two: { kind: valeu }\n',
    );
    const { exitCode, stdout, stderr } = await kshot(project, ['plan', 'pipelines/bad.yaml']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/pipelines\/bad\.yaml:3:10: /);
    expect(stderr).toMatch(/\n {2}4 \| {3}two: \{ kind: valeu \}\n {4}\| +\^{5}\n/);
    expect(stderr).toMatch(/did you mean value\?/);
    expect(stderr).toMatch(/\n[2-9] errors\n$/);
  });

  it('colours only when asked to in a pipe, and NO_COLOR wins', async () => {
    const colours = async (environment: { [name: string]: string }, ...args: string[]) => {
      const { stdout } = await kshot(project, ['plan', 'pipelines/a.yaml', ...args], { environment });
      return stdout.includes('\u001b[');
    };
    expect(await colours({})).toBe(false);
    expect(await colours({ FORCE_COLOR: '1' })).toBe(true);
    expect(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await colours({ FORCE_COLOR: '1' }, '--no-color')).toBe(false);
  });

  it('finds the project from a folder below it, and says where there is none', async () => {
    project.write('deep/er/x.txt', '');
    const below = await kshot(project, ['plan', '../../pipelines/a.yaml'], { folder: 'deep/er' });
    expect(below.exitCode, below.stderr).toBe(0);
    const elsewhere = await kshot(project, ['plan', '--root', 'nowhere']);
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([2, expect.stringContaining('nowhere')]);
    const outside = spawnSync(process.execPath, [mainFile, 'plan'], { cwd: '/', encoding: 'utf8' });
    expect([outside.status, outside.stderr]).toEqual([2, expect.stringContaining('no pipelines/')]);
  });

  it('takes the only pipeline, else the one that says default: true, else asks', async () => {
    const other = temporaryProject({});
    expect(await kshot(other, ['plan'])).toMatchObject({ exitCode: 2 });
    mkdirSync(other.path('pipelines/folder.yaml'));
    other.write('pipelines/a.yaml', 'version: 1\nsteps:\n  a: { kind: value }\n');
    expect((await kshot(other, ['plan'])).stdout).toMatch(/^run +a /);
    other.write('pipelines/b.yaml', 'version: 1\nsteps:\n  b: { kind: value }\n');
    const asked = await kshot(other, ['plan']);
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toContain('pipelines/a.yaml, pipelines/b.yaml');
    other.write('pipelines/b.yaml', 'version: 1\ndefault: true # the one\nsteps:\n  b: { kind: value }\n');
    expect((await kshot(other, ['plan'])).stdout).toMatch(/^run +b /);
  });

  it('ends in silence when the reader of its output has seen enough', () => {
    const nodes = Array.from({ length: 3000 }, (_, index) => index).join(', ');
    project.write(
      'pipelines/many.yaml',
      `version: 1\nsteps:\n  v: { kind: value, matrix: { a: [${nodes}] } }\n`,
    );
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [
        '-o',
        'pipefail',
        '-c',
        `"${process.execPath}" "${mainFile}" plan pipelines/many.yaml --json | head -c 10`,
      ],
      { cwd: project.root, encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([0, '{"version"', '']);
  });

  it('goes on with a run whose reader has gone', async () => {
    const other = temporaryProject({
      files: {
        'pipelines/a.yaml': 'version: 1\nsteps:\n  v: { kind: value, matrix: { a: [1, 2, 3, 4] } }\n',
      },
    });
    const { status } = spawnSync(
      'bash',
      ['-o', 'pipefail', '-c', `"${process.execPath}" "${mainFile}" run --json | true`],
      { cwd: other.root, encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect((await kshot(other, ['status', '--check'])).exitCode).toBe(0);
  });

  it('calls what it does not expect a bug, tells how to report it, and exits with 37', async () => {
    const broken = 'data:text/javascript,Array.prototype.toReversed = () => null.x';
    const environment = { NODE_OPTIONS: `--import=${JSON.stringify(broken)}` };
    const { exitCode, stderr } = await kshot(project, ['gc'], { environment });
    expect(exitCode).toBe(37);
    expect(stderr).toMatch(/^kshot: this is a bug in kshot: /);
    expect(stderr).toContain('hint: report it');
  });

  it('calls a place that it may not write the environment, and exits with 36', async () => {
    const blocked = temporaryProject({
      files: {
        'pipelines/a.yaml': 'version: 1\nsteps:\n  a: { kind: value }\n',
        artifacts: 'a file, not a folder',
      },
    });
    const { exitCode, stderr } = await kshot(blocked, ['run']);
    expect([exitCode, stderr]).toEqual([36, expect.not.stringContaining('    at ')]);
  });
});

describe('kshot schema', () => {
  it('writes the schemas, which are then fresh, and notices when they are not', async () => {
    expect((await kshot(project, ['schema', '--check'])).exitCode).toBe(1);
    const written = await kshot(project, ['schema']);
    expect([written.exitCode, written.stdout]).toEqual([
      0,
      'wrote schemas/pipeline.schema.json\nwrote schemas/project.schema.json\nwrote schemas/events.schema.json\n',
    ]);
    expect(await kshot(project, ['schema', '--check'])).toMatchObject({ exitCode: 0, stdout: '' });
    project.write('schemas/events.schema.json', '{}');
    expect(await kshot(project, ['schema', '--check'])).toMatchObject({
      exitCode: 1,
      stdout: 'schemas/events.schema.json is not what kshot schema writes\n',
    });
    const asJson = async (...words: readonly string[]) => {
      const { exitCode, stdout } = await kshot(project, ['schema', '--json', ...words]);
      return [exitCode, JSON.parse(stdout)];
    };
    expect(await asJson('--check')).toEqual([1, { version: 1, stale: ['schemas/events.schema.json'] }]);
    expect(await asJson()).toEqual([0, { version: 1, wrote: ['schemas/events.schema.json'] }]);
    expect(await asJson('--check')).toEqual([0, { version: 1, stale: [] }]);
  });
});
