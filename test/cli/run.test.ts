import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Register } from '../../src/artifacts/register.js';
import type { Manifest, Report } from '../../src/artifacts/run-documents.js';
import { eventsSchema } from '../../src/ui/events-schema.js';
import { eventsOf, kshot, nodesByOutcome, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const values = `version: 1
name: values
params: { a: 1 }
steps:
  one: { kind: value, with: { a: "\${params.a}" } }
  many: { kind: value, with: { c: 0 }, matrix: { b: [1, 2, 3] } }
  copy: { kind: command, in: { source: one.value }, with: { argv: [cp, source, copy.json], outputs: { copy: copy.json } } }
`;

const project = () => temporaryProject({ files: { 'pipelines/values.yaml': values } });
/** What a project holds beside what planning remembers of files that it has read. */
function besideMemories(at: Project): readonly string[] {
  expect(readdirSync(at.path('cache'))).toEqual(['stat-index.json']);
  return readdirSync(at.root).filter((name) => name !== 'cache');
}
const json = <Value>(at: Project, file: string) => JSON.parse(at.read(file)) as Value;
const followsSchema = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(eventsSchema);
const register = (at: Project) => json<Register>(at, 'artifacts/meta.json');

describe('a run', () => {
  it('tells on stderr what it does, leaves stdout to data, and ends with sums and what to do next', async () => {
    const at = project();
    const first = await kshot(at, ['run', '--tag', 'first']);
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toBe('');
    expect(first.stderr).toMatch(/^run +values {2}first {2}5 nodes/);
    expect(first.stderr).toMatch(/\nstart +one {2}new\n/);
    expect(first.stderr).toMatch(/\nran +copy {2}.*key [0-9a-f]{8} \(new\)\n/);
    expect(first.stderr).toMatch(/\ndone +5 nodes: 5 ran \+ 0 hit, in /);
    expect(first.stderr).toMatch(/\nnext +kshot /);
    const second = await kshot(at, ['run']);
    expect(second.stderr).toMatch(/\nhit +many {2}3 nodes, keys [0-9a-f]{8}, /);
    expect(second.stderr).toMatch(/\ndone +5 nodes: 0 ran \+ 5 hit, in /);
    const changed = await kshot(at, ['run', '--set', 'params.a=2']);
    expect(changed.stderr).toContain('start     one  with.a 1 -> 2\n');
    expect(changed.stderr).toContain('start     copy  input source changed\n');
  });

  it('names itself in what to do next as it was started', async () => {
    const at = project();
    const next = async (environment: { [name: string]: string }) =>
      /^next +(.*)$/m.exec((await kshot(at, ['run'], { environment })).stderr)?.[1];
    expect(await next({})).toMatch(/^kshot status +# /);
    expect(await next({ npm_lifecycle_event: 'npx' })).toMatch(/^npx kshot status +# /);
    const broken = ['run', '--set', 'steps.copy.with.argv=[sh, -c, "exit 3"]'];
    const failed = await kshot(at, broken, { environment: { npm_execpath: '/usr/lib/npm-cli.js' } });
    expect(failed.stderr).toMatch(
      /^next +npx kshot logs copy +# .*\n +npx kshot shell copy +# .*\n +npx kshot run .*# goes on from what is done$/m,
    );
  });

  it('says nothing with --quiet', async () => {
    expect(await kshot(project(), ['run', '--quiet'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('prints events that follow the schema with --json, and nothing else', async () => {
    const at = project();
    const seen = new Set<string>();
    const outcomes = [];
    for (const args of [[], [], ['--set', 'steps.copy.with.argv=[sh, -c, "echo so; exit 3"]']]) {
      const finished = await kshot(at, ['run', '--json', ...args]);
      expect(finished.stderr).toBe('');
      const events = eventsOf(finished);
      for (const event of events) {
        seen.add(event.event);
        expect(followsSchema(event), JSON.stringify([event, followsSchema.errors])).toBe(true);
      }
      expect(events[0]).toMatchObject({ event: 'run.start', nodes: 5 });
      expect(events.at(-1)).toMatchObject({ event: 'run.finish', exitCode: finished.exitCode });
      // All steps have ended; nothing of them comes later.
      const computed = events.findIndex(({ event }) => event === 'run.computed');
      expect(events[computed]).toMatchObject({ exitCode: finished.exitCode });
      expect(events.slice(computed).some(({ event }) => event.startsWith('step.'))).toBe(false);
      outcomes.push(nodesByOutcome(events));
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['run.start', 'step.start', 'step.finish', 'run.finish']),
    );
    expect(outcomes.map((one) => Object.keys(one).sort())).toEqual([['ran'], ['hit'], ['failed', 'hit']]);
    expect(seen).toContain('run.failed');
  });

  it('that meets bad data points at where the pipeline names the file', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml': 'version: 1\nsteps: { events: { kind: data.import, with: { path: bad.csv } } }\n',
        'bad.csv': 'user_id,item_id,timestamp\nu,i,never\n',
      },
    });
    const { exitCode, stderr } = await kshot(at, ['run']);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^pipelines\/a.yaml:2:53: events: bad.csv/m),
    ]);
  });

  it('says what an import read, in its lines, in its events and in its log', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml':
          'version: 1\nsteps: { events: { kind: data.import, with: { path: events.csv, skip_bad_rows: true } } }\n',
        'events.csv': 'user_id,item_id,timestamp\nu,i,1\nu,j,never\n',
      },
    });
    const line =
      '1 row, 1 user, 1 item, times 1 to 1 s; 1 row left out: a time that cannot be read (events.csv:3)';
    const { stderr } = await kshot(at, ['run']);
    expect(stderr).toContain(`note      events  ${line}\n`);
    expect((await kshot(at, ['logs', 'events'])).stdout).toContain(`${line}\n`);
    const { stdout } = await kshot(at, ['run', '--json', '--force']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((one): unknown => JSON.parse(one));
    expect(events).toContainEqual(expect.objectContaining({ event: 'step.note', node: 'events', line }));
  });

  it.each([
    ['a mistake in the pipeline', ['broken.yaml'], { reason: 'unknown-kind', line: 2 }],
    ['an option that there is not', ['--keep-goin'], { reason: 'usage' }],
    ['a step that there is not', ['nosuch'], { reason: 'unknown-step' }],
  ])('that cannot begin for %s is one event of the schema with --json', async (_, args, failure) => {
    const at = project();
    at.write('broken.yaml', 'version: 1\nsteps: { one: { kind: valeu } }\n');
    const { exitCode, stdout, stderr } = await kshot(at, ['run', '--json', ...args]);
    expect([exitCode, stderr]).toEqual([2, '']);
    const events = eventsOf({ stdout });
    expect(events).toMatchObject([{ event: 'run.failed', version: 1, failures: [failure] }]);
    expect(followsSchema(events[0]), JSON.stringify(followsSchema.errors)).toBe(true);
  });

  it('that fails names the place, the command, its last words and its log, and is registered', async () => {
    const at = project();
    const broken = ['--set', 'steps.copy.with.argv=[sh, -c, "echo last words; exit 3"]'];
    const finished = await kshot(at, ['run', ...broken]);
    expect(finished.exitCode).toBe(1);
    expect(finished.stderr).toMatch(/\nfailed +copy /);
    expect(finished.stderr).toContain('last words');
    expect(finished.stderr).toMatch(/pipelines\/values\.yaml:7:\d+: copy: /);
    const [, log] = /log: (artifacts\/values\/[^\n]+copy\.log)/.exec(finished.stderr) ?? [];
    expect(finished.stderr).not.toContain(at.root);
    const report = join(log ?? '', '../../report.json');
    expect(JSON.parse(at.read(report))).toMatchObject({ failures: [{ node: 'copy', log }] });
    expect(register(at).runs).toMatchObject([
      { pipeline: 'values', exit_code: 1, counts: { failed: 1, ran: 4 } },
    ]);
    const logs = await kshot(at, ['logs', 'copy']);
    expect([logs.exitCode, logs.stdout]).toEqual([0, expect.stringContaining('last words\n')]);
    const again = await kshot(at, ['plan', '--json', ...broken]);
    expect(again.stdout).toMatch(/"reason":"failed in run values\//);
  });

  it('goes on with what does not depend on a failure with -k only', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/p.yaml': `version: 1
steps:
  bad: { kind: command, with: { argv: [sh, -c, "exit 3"], outputs: { o: o.txt } } }
  after: { kind: command, in: { b: bad.o }, with: { argv: [cat, b] } }
  slow: { kind: command, with: { argv: [sh, -c, "sleep 1; echo x > o.txt"], outputs: { o: o.txt } } }
  last: { kind: command, in: { s: slow.o }, with: { argv: [cat, s] } }
`,
      },
    });
    const stopped = eventsOf(await kshot(at, ['run', '--json', '-j', '2']));
    expect(nodesByOutcome(stopped)).toMatchObject({ failed: ['bad'], skipped: ['after', 'last'] });
    const kept = eventsOf(await kshot(at, ['run', '--json', '-k']));
    expect(nodesByOutcome(kept)).toMatchObject({ failed: ['bad'], skipped: ['after'] });
    expect(nodesByOutcome(kept)['ran']).toContain('last');
  });

  it('prints the plan and runs nothing with --dry-run', async () => {
    const at = project();
    const finished = await kshot(at, ['run', '-n']);
    expect(finished).toMatchObject({ exitCode: 0 });
    expect(finished.stdout).toMatch(/5 nodes: 4 run \+ 0 hit \+ 1 depends\n$/);
    expect(besideMemories(at)).toEqual(['pipelines']);
  });

  it('refuses with --dry-run what the run would refuse: a tag, an engine that cannot compute', async () => {
    const at = project();
    const named = await kshot(at, ['run', '-n', '--tag', 'no/name']);
    expect([named.exitCode, named.stderr]).toEqual([2, expect.stringContaining('cannot name a run')]);
    at.write('artifacts/values/taken/record.json', '{}');
    const taken = await kshot(at, ['run', '-n', '--tag', 'taken']);
    expect([taken.exitCode, taken.stderr]).toEqual([
      2,
      expect.stringContaining('a run values/taken already'),
    ]);
  });

  it('runs forced steps again: one, or all', async () => {
    const at = project();
    await kshot(at, ['run']);
    const one = eventsOf(await kshot(at, ['run', '--json', '--force=many']));
    expect(nodesByOutcome(one)).toEqual({
      ran: ['many[b=1]', 'many[b=2]', 'many[b=3]'],
      hit: ['copy', 'one'],
    });
    const all = eventsOf(await kshot(at, ['run', '--json', '--force', 'pipelines/values.yaml']));
    expect(nodesByOutcome(all)['ran']).toHaveLength(5);
    const unknown = await kshot(at, ['run', '--force=mnay']);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean many?')]);
  });

  it('computes only what a target needs', async () => {
    const at = project();
    const finished = eventsOf(await kshot(at, ['run', 'copy', '--json']));
    expect(nodesByOutcome(finished)).toEqual({ ran: ['copy', 'one'] });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('ends in order on %s with exit code %i and goes on afterwards', async (signal, exitCode) => {
    // A time of its own, by which the process is known among those of other tests.
    const time = `${4711 + process.pid}.${process.hrtime()[1]}`;
    const at = temporaryProject({
      files: {
        'pipelines/p.yaml': `version: 1\nsteps:\n  quick: { kind: value, with: { a: 1 } }\n  slow: { kind: command, in: { q: quick }, with: { argv: [sleep, "${time}"] } }\n`,
      },
    });
    const commands = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    const running = startKshot(at, ['run', '--json']);
    await expect.poll(commands, { timeout: 60_000 }).toContain(`sleep ${time}`);
    running.process.kill(signal);
    const finished = await running.finished;
    expect(finished.exitCode).toBe(exitCode);
    expect(nodesByOutcome(eventsOf(finished))).toEqual({ ran: ['quick'], cancelled: ['slow'] });
    expect(register(at).runs).toMatchObject([{ exit_code: exitCode }]);
    expect(commands()).not.toContain(`sleep ${time}`);
    const status = JSON.parse((await kshot(at, ['status', '--json'])).stdout) as { counts: unknown };
    expect(status.counts).toEqual({ run: 1, hit: 1, depends: 0 });
  });
});

describe('what a run leaves', () => {
  it('is a folder with report, configuration, manifest and tables, registered in meta.json', async () => {
    const at = project();
    await kshot(at, ['run', '--tag', 'first']);
    const folder = 'artifacts/values/first';
    expect(readdirSync(at.path(folder)).sort()).toEqual(
      [
        'config.json',
        'logs',
        'manifest.json',
        'nodes',
        'record.json',
        'report.html',
        'report.json',
        'tables',
      ].sort(),
    );
    expect(readdirSync(at.path(`${folder}/tables`)).sort()).toEqual(
      [
        'breakdown',
        'drift',
        'drift_summary',
        'history',
        'lineage',
        'metrics',
        'params',
        'ranks',
        'runs',
        'steps',
        'summary',
      ].map((name) => `${name}.parquet`),
    );
    const manifest = json<Manifest>(at, `${folder}/manifest.json`);
    expect(manifest.nodes.map((node) => node.id)).toEqual(
      expect.arrayContaining(['one', 'many[b=1]', 'copy']),
    );
    for (const node of manifest.nodes) {
      expect(node.key).toMatch(/^[0-9a-f]{64}$/);
      for (const { digest } of Object.values(node.outputs)) {
        expect(existsSync(at.path(`cache/objects/${digest.slice(0, 2)}/${digest.slice(2)}`))).toBe(true);
      }
    }
    expect(manifest.node).toBe(process.version);
    expect(manifest.packages['@duckdb/node-api']).toMatch(/^\d/);
    expect(json<Report>(at, `${folder}/report.json`)).toMatchObject({
      synthetic: false,
      tables: 'values/first',
    });
    expect(register(at).runs).toMatchObject([{ run: 'first', tables: 'values/first' }]);
  });

  it('has the earlier tables under further names where nothing was executed, and rewrites none', async () => {
    const at = project();
    await kshot(at, ['run', '--tag', 'first']);
    const before = readFileSync(at.path('artifacts/values/first/tables/steps.parquet'));
    await kshot(at, ['run', '--tag', 'second']);
    expect(existsSync(at.path('artifacts/values/second/tables/steps.parquet'))).toBe(false);
    const [one, other] = ['first', 'second'].map(
      (run) => statSync(at.path(`artifacts/values/${run}/tables/params.parquet`)).ino,
    );
    expect(one).toBe(other);
    expect(json<Report>(at, 'artifacts/values/second/report.json').tables).toBe('values/first');
    expect(readFileSync(at.path('artifacts/values/first/tables/steps.parquet')).equals(before)).toBe(true);
    await kshot(at, ['run', '--tag', 'third', '--set', 'params.a=2']);
    expect(existsSync(at.path('artifacts/values/third/tables/steps.parquet'))).toBe(true);
  });

  it('is under a tag of its own: a taken or odd one is refused before anything runs', async () => {
    const at = project();
    await kshot(at, ['run', '--tag', 'first']);
    for (const tag of ['first', '../x', 'a b']) {
      const refused = await kshot(at, ['run', '--tag', tag]);
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('hint: ')]);
    }
    expect(register(at).runs).toHaveLength(1);
  });

  it('is registered by both of two runs that go on at once', async () => {
    const at = project();
    at.write('pipelines/other.yaml', values.replace('name: values', 'name: other'));
    const runs = await Promise.all(
      ['values', 'other', 'values'].map((name) => kshot(at, ['run', `pipelines/${name}.yaml`])),
    );
    expect(runs.map((one) => one.exitCode)).toEqual([0, 0, 0]);
    expect(register(at).runs).toHaveLength(3);
  });

  it('is written nowhere but in cache/ and artifacts/', async () => {
    const at = project();
    await kshot(at, ['run']);
    await kshot(at, ['sql', 'FROM runs']);
    expect(readdirSync(at.root).sort()).toEqual(['artifacts', 'cache', 'pipelines']);
  });
});

describe('the plan', () => {
  it('says run, hit or depends of every node, and why', async () => {
    const at = project();
    await kshot(at, ['run']);
    const { stdout } = await kshot(at, ['plan', '--set', 'params.a=7']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['run', 'one', 'with.a 1 -> 7'],
      ['hit', 'many', '3 nodes'],
      ['depends', 'copy'],
      ['5 nodes: 1 run + 3 hit + 1 depends'],
      [''],
    ]);
    const data = JSON.parse((await kshot(at, ['plan', '--json', '--set', 'params.a=7'])).stdout) as {
      nodes: { node: string; state: string; reason?: string }[];
    };
    const states = Object.fromEntries(data.nodes.map(({ node, state, reason }) => [node, [state, reason]]));
    expect(states).toMatchObject({
      one: ['run', 'with.a 1 -> 7'],
      copy: ['depends', undefined],
      'many[b=2]': ['hit', undefined],
    });
  });

  it('is changed by nothing that it prints: planning writes nothing but what it remembers of files', async () => {
    const at = project();
    await kshot(at, ['plan']);
    await kshot(at, ['status']);
    await kshot(at, ['explain', 'one']);
    expect(besideMemories(at)).toEqual(['pipelines']);
  });

  it('with --check exits with 4 until everything is a hit', async () => {
    const at = project();
    expect((await kshot(at, ['status', '--check'])).exitCode).toBe(4);
    await kshot(at, ['run']);
    const checked = await kshot(at, ['status', '--check']);
    expect(checked.exitCode).toBe(0);
    expect(checked.stdout).toMatch(/hit +one .*last ran, computed in \d/);
    expect((await kshot(at, ['status', '--check', '--set', 'params.a=3'])).exitCode).toBe(4);
  });

  it('says of what failed or was not reached that it did, and takes no time for the time of a result', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml':
          'version: 1\nsteps:\n  bad: { kind: command, with: { argv: ["false"], outputs: { o: o } } }\n  after: { kind: command, in: { o: bad.o }, with: { argv: [cat, o] } }\n',
      },
    });
    expect((await kshot(at, ['run', '--tag', 'first'])).exitCode).toBe(1);
    const { stdout } = await kshot(at, ['status']);
    expect(stdout).toMatch(/^run +bad +failed in run a\/first +last failed after \d+\.\d s$/m);
    expect(stdout).toMatch(/^depends +after +last skipped$/m);
    expect((await kshot(at, ['explain', 'bad'])).stdout).toMatch(
      /^bad: run, key [0-9a-f]{64}\n {2}failed in run a\/first\n {2}the same as in run a\/first\n$/,
    );
    expect((await kshot(at, ['explain', 'after'])).stdout).toContain('no run of this pipeline has got to');
    expect((await kshot(at, ['dag'])).stdout).toBe('bad    command  => o\nafter  command  o <- bad\n');
  });

  it('is explained once for nodes that are alike, which a list for scripts keeps apart', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml':
          'version: 1\nsteps:\n  v: { kind: value, with: { x: 1 }, matrix: { i: [1, 2, 3, 4, 5] } }\n',
      },
    });
    const before = await kshot(at, ['explain', 'v']);
    expect(before.stdout).toBe(
      'v[i=1], v[i=2], v[i=3] and 2 more: run\n  new: no run of this pipeline has got to this node\n',
    );
    expect((await kshot(at, ['run', '--tag', 'first'])).exitCode).toBe(0);
    const after = await kshot(at, ['explain', 'v', '--set', 'steps.v.with.x=2']);
    expect(after.stdout).toBe(
      'v[i=1], v[i=2], v[i=3] and 2 more: run\n  compared with run a/first:\n    with.x 1 -> 2\n',
    );
    expect((await kshot(at, ['explain', 'v[i=2]'])).stdout).toMatch(/^v\[i=2\]: hit, key [0-9a-f]{64}\n/);
    const { stdout } = await kshot(at, ['explain', 'v', '--json']);
    expect((JSON.parse(stdout) as { nodes: unknown[] }).nodes).toHaveLength(5);
  });

  it('is explained to the byte that differs, and names what was compared', async () => {
    const at = project();
    const fresh = await kshot(at, ['explain', 'one']);
    expect(fresh.stdout).toMatch(/^one: run, key [0-9a-f]{64}\n {2}new: /);
    await kshot(at, ['run', '--tag', 'first']);
    const changed = await kshot(at, ['explain', 'one', '--set', 'params.a=2']);
    expect(changed.stdout).toMatch(/\n {2}compared with run values\/first:\n {4}with\.a 1 -> 2\n$/);
    expect((await kshot(at, ['explain', 'copy', '--set', 'params.a=2'])).stdout).toContain('have run: one');
    expect((await kshot(at, ['explain', 'one'])).stdout).toContain('the same as in run values/first');
    const unknown = await kshot(at, ['explain', 'oen']);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean one?')]);
    const cloned = values.replace('name: values', 'name: cloned').replaceAll('one', 'uno');
    at.write('pipelines/cloned.yaml', cloned);
    const similar = await kshot(at, ['explain', 'uno', 'pipelines/cloned.yaml', '--set', 'params.a=5']);
    expect(similar.stdout).toMatch(/compared with entry [0-9a-f]{8}, the most similar of value:/);
  });
});

describe('the cache', () => {
  const objectOf = (at: Project, run: string, node: string, output: string) => {
    const manifest = json<Manifest>(at, `artifacts/values/${run}/manifest.json`);
    const digest = manifest.nodes.find((one) => one.id === node)?.outputs[output]?.digest ?? '';
    return at.path(join('cache/objects', digest.slice(0, 2), digest.slice(2)));
  };

  it('is verified to the byte: a bad object is found, set aside, and computed again', async () => {
    const at = project();
    await kshot(at, ['run', '--tag', 'first']);
    expect(await kshot(at, ['cache', 'verify'])).toMatchObject({ exitCode: 0 });
    const file = objectOf(at, 'first', 'many[b=2]', 'value');
    const size = readFileSync(file).length;
    chmodSync(file, 0o644);
    writeFileSync(file, 'x'.repeat(size));
    const bad = await kshot(at, ['cache', 'verify']);
    expect([bad.exitCode, bad.stderr]).toEqual([1, expect.stringContaining('does not hold what was stored')]);
    const healed = eventsOf(await kshot(at, ['run', '--json']));
    expect(nodesByOutcome(healed)['ran']).toEqual(['many[b=2]']);
    expect(await kshot(at, ['cache', 'verify'])).toMatchObject({ exitCode: 0 });
  });

  it('loses in gc what no recent run reaches, and nothing else', async () => {
    const at = project();
    await kshot(at, ['run', '--set', 'params.a=1']);
    await kshot(at, ['run', '--set', 'params.a=2']);
    const dry = await kshot(at, ['gc', '--dry-run', '--keep', '1']);
    expect(dry.stdout).toMatch(/^would remove 2 results, /);
    const collected = await kshot(at, ['gc', '--keep', '1']);
    expect(collected.stdout).toMatch(/^removed 2 results, /);
    expect((await kshot(at, ['status', '--check', '--set', 'params.a=2'])).exitCode).toBe(0);
    expect((await kshot(at, ['plan', '--set', 'params.a=1'])).stdout).toContain('1 run + 3 hit + 1 depends');
    expect((await kshot(at, ['gc', '--keep', '1'])).stdout).toBe('nothing to remove\n');
  });

  it('keeps through gc the results before, however often the last one is run again or fails, and says what goes', async () => {
    const at = project();
    for (const a of [1, 2, 3]) await kshot(at, ['run', '--tag', `a${a}`, '--set', `params.a=${a}`]);
    const broken = ['--set', 'steps.copy.with.argv=[sh, -c, "exit 3"]'];
    for (const more of [[], ['--force=one'], broken, broken]) {
      await kshot(at, ['run', '--set', 'params.a=3', ...more]);
    }
    const { stdout } = await kshot(at, ['gc', '--dry-run', '--keep', '2']);
    expect(stdout).toMatch(/^would remove 2 results, .*\n {2}values\/a1: one, copy \(\d[^\n]* [kM]?i?B\)\n$/);
    expect((await kshot(at, ['gc', '--keep', '2'])).stdout).toMatch(/^removed 2 results, /);
    for (const a of [2, 3]) {
      const checked = await kshot(at, ['status', '--check', '--set', `params.a=${a}`]);
      expect(checked.exitCode, checked.stdout).toBe(0);
    }
  });
});
