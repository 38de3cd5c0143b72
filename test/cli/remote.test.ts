import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from '../../src/store/references.js';
import { soundEntry } from '../../src/store/remote/sound-entry.js';
import { CacheServer } from '../support/cache-server.js';
import { eventsOf, type KshotOptions, kshot, nodesByOutcome, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

/** Two trainings, the better of which is chosen by its metrics, and a summary of it; each says when it is computed. */
const pipeline = `version: 1
name: shared
steps:
  train:
    kind: command
    with:
      shell: true
      argv: |
        echo "model of {lr}" > model.pt
        echo "{\\"accuracy\\": {lr}}" > metrics.json
      params: { lr: 0.1 }
      outputs: { model: model.pt, metrics: { path: metrics.json, as: metrics } }
    matrix: { lr: [0.1, 0.2] }
  best:
    kind: select
    in: { rows: train.metrics, candidates: train.model }
    with: { metric: accuracy, mode: max, settings: [lr] }
  use:
    kind: command
    in: { model: best.chosen }
    with: { shell: true, argv: "cp model used.txt", outputs: { used: used.txt } }
publish: { use.used: results/used.txt }
`;

const server = await CacheServer.start();
afterAll(async () => await server.close());
afterEach(() => {
  server.fault = () => undefined;
});

/** Somebody's project, with nothing in its cache. */
function colleague(mode: 'read' | 'read_write', more: { readonly [path: string]: string } = {}): Project {
  return temporaryProject({
    files: {
      'pipelines/shared.yaml': pipeline,
      'kshot.yaml': `cache: { remote: { url: "${server.url}", mode: ${mode} } }\n`,
      ...more,
    },
  });
}

async function run(project: Project, options: KshotOptions = {}, ...args: readonly string[]) {
  const finished = await kshot(project, ['run', '--json', ...args], options);
  const events = eventsOf(finished);
  return {
    ...finished,
    events,
    outcomes: nodesByOutcome(events),
    end: events.find((one) => one.event === 'run.finish'),
  };
}

describe('a remote cache', () => {
  const mine = colleague('read_write');

  it('gives a cold colleague what a run needs, who computes nothing, and says what was fetched and left', async () => {
    const secret = 'Bearer hush-hush-0123456789';
    const first = await run(mine, { environment: { KSHOT_REMOTE_AUTHORIZATION: secret } }, '--tag', 'first');
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    expect(first.outcomes['ran']?.length).toBeGreaterThan(4);
    expect(first.end).toMatchObject({
      remote: { found: 0, unsent: 0, sent: { entries: first.outcomes['ran']?.length } },
    });
    expect(server.requests.at(-1)?.headers.authorization).toBe(secret);
    for (const name of ['manifest.json', 'report.json', 'record.json']) {
      expect(mine.read(`artifacts/shared/first/${name}`)).not.toContain('hush');
    }

    const hers = colleague('read');
    const planned = await kshot(hers, ['plan']);
    expect(planned.stdout).toMatch(/0 run \+ \d+ hit \+ 0 depends/);
    expect(planned.stdout).toMatch(/remote {3}\d+ hits from http:.*: fetched where a step or you need them/);
    const said = await kshot(hers, ['run', '--tag', 'cold']);
    expect([said.exitCode, said.stderr]).toEqual([0, expect.stringContaining('0 ran')]);
    expect(said.stderr).toMatch(
      /remote +\d+ results found, fetched \d+ objects of .*, left \d+ objects? of .* there; http:/,
    );
    // What is published was fetched, a model that nobody needed was not; until somebody does.
    expect(hers.read('results/used.txt')).toBe('model of 0.2\n');
    expect(server.pathsOf('PUT').length).toBe(server.files.size);
    const got = await kshot(hers, ['get', 'train[lr=0.1].model']);
    expect([got.exitCode, got.stdout]).toEqual([0, 'model of 0.1\n']);
  });

  it('is not asked where all is here, and may be left out', async () => {
    const before = server.requests.length;
    const again = await run(mine);
    expect([again.exitCode, again.outcomes['hit']?.length]).toEqual([
      0,
      again.end?.event === 'run.finish' ? again.end.counts.hit : 0,
    ]);
    expect(server.requests).toHaveLength(before);
    const off = await run(colleague('read'), { environment: { KSHOT_REMOTE: 'off' } });
    expect(off.outcomes['hit']).toBeUndefined();
    expect(off.end).not.toHaveProperty('remote');
    expect(server.requests).toHaveLength(before);
  });

  it('that loses objects has their steps run, whether at the beginning or in the midst, and nothing fails', async () => {
    const hers = colleague('read');
    // The models, which only a change needs: then they are missed in the midst of the run.
    server.fault = ({ path }) =>
      server.files.get(path)?.toString().startsWith('model of') === true ? { status: 404 } : undefined;
    hers.edit('pipelines/shared.yaml', 'cp model used.txt', 'cat model model > used.txt');
    const mended = await run(hers);
    expect([mended.exitCode, mended.stderr]).toEqual([0, '']);
    expect(hers.read('results/used.txt')).toBe('model of 0.2\nmodel of 0.2\n');
    expect(mended.outcomes['ran']).toEqual(expect.arrayContaining(['use']));
    expect(mended.end).toMatchObject({ exitCode: 0 });
    const lost = mended.events.flatMap((one) =>
      one.event === 'step.start' && /the remote cache did not give its result/.test(one.reason)
        ? [one.node]
        : [],
    );
    expect(lost).toEqual(expect.arrayContaining(['train[lr=0.1]', 'train[lr=0.2]']));
    expect(mended.end).not.toHaveProperty('repaired');

    server.fault = ({ path }) => (path.startsWith('/cas/') ? { status: 404 } : undefined);
    const cold = await run(colleague('read'));
    expect([cold.exitCode, cold.stderr]).toEqual([0, '']);
    expect(cold.outcomes['ran']?.length).toBeGreaterThan(3);
  });

  it('that does not answer is left alone, which is said once', async () => {
    server.fault = () => ({ status: 503 });
    const hers = colleague('read_write');
    const said = await kshot(hers, ['run']);
    expect(said.exitCode).toBe(0);
    expect(said.stderr.match(/answers 503; it is left alone/g)).toHaveLength(1);
    expect(said.stderr).toMatch(/did not send \d+ results: kshot push does/);
  });

  it('is said to be sent results at the end, which an interrupt leaves to push, with no half of one there', async () => {
    const own = pipeline.replaceAll('model of', 'slowly sent model of');
    const mine = colleague('read_write', { 'pipelines/shared.yaml': own });
    server.fault = ({ method, body }) =>
      method === 'PUT' && body.toString().startsWith('slowly') ? 'hang' : undefined;
    const running = startKshot(mine, ['run', '--tag', 'slow']);
    // Two models, which several results name.
    await running.until(/^sending +http:\S+ +\d+ results left: 2 objects, \d+ B$/m);
    running.process.kill('SIGINT');
    const { exitCode, stderr } = await running.finished;
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/did not send \d+ results: kshot push does/),
    ]);
    expect(stderr).not.toContain('left alone');
    for (const [path, bytes] of server.files) {
      if (!path.startsWith('/ac/')) continue;
      const entry = soundEntry(bytes.toString(), path.slice('/ac/'.length));
      for (const { digest } of entry === undefined ? [] : outputsOf(entry)) {
        expect([...server.files.keys()]).toContain(`/cas/${digest}`);
      }
    }
    server.fault = () => undefined;
    const pushed = await kshot(mine, ['push']);
    expect([pushed.exitCode, pushed.stdout]).toEqual([0, expect.stringMatching(/sent [1-9]\d* results/)]);
    const hers = await run(colleague('read', { 'pipelines/shared.yaml': own }));
    expect([hers.exitCode, hers.outcomes['ran']]).toEqual([0, undefined]);
  });

  it('is filled by push, emptied by nobody, and whole runs come back by pull', async () => {
    const other = temporaryProject({
      files: {
        'pipelines/other.yaml': pipeline.replaceAll('model of', 'weights at').replace('shared', 'other'),
      },
    });
    expect((await kshot(other, ['run', '--tag', 'one'])).exitCode).toBe(0);
    expect(await kshot(other, ['push'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('the project has no remote cache'),
    });
    other.write('kshot.yaml', `cache: { remote: { url: ${server.url}/team/ } }\n`);
    expect(await kshot(other, ['push'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('whose mode is read'),
    });
    const environment = { KSHOT_REMOTE: 'read_write' };
    const pushed = await kshot(other, ['push', '--json'], { environment });
    const { results, moved, missing } = JSON.parse(pushed.stdout) as {
      results: number;
      moved: number;
      missing: number;
    };
    expect([pushed.exitCode, moved, missing]).toEqual([0, results, 0]);
    expect((await kshot(other, ['push', 'one'], { environment })).stdout).toMatch(
      /sent 0 results .*had been before/,
    );

    const checked = await kshot(other, ['cache', 'verify', '--remote']);
    expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringMatching(/: all good\n$/)]);
    rmSync(other.path('cache'), { recursive: true });
    // Killed as bytes come: nothing of it counts.
    const seen = server.requests.length;
    server.fault = ({ path }) => (path.includes('/cas/') ? 'trickle' : undefined);
    const killed = startKshot(other, ['pull', 'latest']);
    await expect
      .poll(() => server.requests.slice(seen).some(({ path }) => path.includes('/cas/')), { timeout: 60_000 })
      .toBe(true);
    killed.process.kill('SIGKILL');
    await killed.finished;
    server.fault = () => undefined;
    expect((await kshot(other, ['cache', 'verify'])).exitCode).toBe(0);
    const pulled = await kshot(other, ['pull', 'latest']);
    expect([pulled.exitCode, pulled.stdout]).toEqual([
      0,
      expect.stringMatching(/other\/one, .*: fetched \d+ results/),
    ]);
    const local = await run(other, { environment: { KSHOT_REMOTE: 'off' } });
    expect(local.outcomes['ran']).toBeUndefined();

    // An output; of the code that keys name, which is there too, no result is made.
    const [path] = [...server.files].find(([, bytes]) => bytes.toString().startsWith('weights at'))!;
    server.files.set(path, Buffer.from('something else'));
    const spoilt = await kshot(other, ['cache', 'verify', '--remote']);
    expect(spoilt.exitCode).toBe(1);
    expect(spoilt.stderr).toMatch(/is missing there or not what its name says/);
  });

  it('with other bytes of the right size is put right by push, and nobody waits for what cannot be had', async () => {
    const own = { 'pipelines/shared.yaml': pipeline.replaceAll('model of', 'models of') };
    const mine = colleague('read_write', own);
    expect((await kshot(mine, ['run'])).exitCode).toBe(0);
    const [path, good] = [...server.files].find(([, bytes]) => bytes.toString() === 'models of 0.1\n')!;
    server.files.set(path, Buffer.from('models of 0.7\n'));

    const hers = colleague('read', own);
    expect((await run(hers)).outcomes['ran']).toBeUndefined();
    const lacking = await kshot(hers, ['get', 'train[lr=0.1].model']);
    expect([lacking.exitCode, lacking.stderr]).toEqual([2, expect.stringContaining('kshot run computes it')]);
    expect((await run(hers)).outcomes['ran']).toEqual(['train[lr=0.1]']);
    expect((await kshot(hers, ['get', 'train[lr=0.1].model'])).stdout).toBe('models of 0.1\n');

    const spoilt = await kshot(mine, ['cache', 'verify', '--remote']);
    expect([spoilt.exitCode, spoilt.stderr]).toEqual([1, expect.stringContaining('kshot push replaces it')]);
    const pushed = await kshot(mine, ['push']);
    expect([pushed.exitCode, pushed.stdout]).toEqual([0, expect.stringMatching(/sent [1-9]\d* results?/)]);
    expect(server.files.get(path)).toEqual(good);
    expect((await kshot(mine, ['cache', 'verify', '--remote'])).exitCode).toBe(0);
  });

  it('is refused where kshot.yaml names none, in its place', async () => {
    const project = colleague('read');
    for (const [text, words] of [
      ['url: "http://me:hush@host/x"', /kshot.yaml:1:\d+.*holds no name, password/s],
      ['url: "ftp://host/x"', /begins with http/],
      ['url: "s3://b"', /is no bucket/],
      ['url: "https://host/x", mode: write', /mode/],
      ['mode: read', /url/],
      ['urls: x', /urls/],
    ] as const) {
      project.write('kshot.yaml', `cache: { remote: { ${text} } }\n`);
      const { exitCode, stderr } = await kshot(project, ['plan']);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(words)]);
    }
    project.write('kshot.yaml', 'python: python3\n');
    expect((await kshot(project, ['plan'], { environment: { KSHOT_REMOTE: 'yes' } })).stderr).toMatch(
      /KSHOT_REMOTE is yes/,
    );
  });
});
