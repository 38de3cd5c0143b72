import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engines } from '../../src/engines/registry.js';
import type { Diagnosis } from '../../src/session/keeping/diagnosis.js';
import type { TerminalFacts } from '../../src/ui/terminal-facts.js';
import { isContinuousIntegration } from '../../src/ui/terminal-facts.js';
import { kshot, mainFile } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const pipeline =
  'version: 1\nsteps:\n  one: { kind: value, with: { a: 1 } }\n  two: { kind: value, with: { a: 2 } }\n';

const project = () => temporaryProject({ files: { 'pipelines/a.yaml': pipeline } });

const diagnosisOf = (stdout: string) =>
  JSON.parse(stdout) as Omit<Diagnosis, 'problems'> & {
    readonly terminal: TerminalFacts;
    readonly problems: readonly { readonly reason: string; readonly message: string }[];
  };

describe('kshot doctor', () => {
  it.each([
    [{}, false],
    [{ CI: 'true' }, true],
    [{ CI: '' }, true],
    [{ CI: 'false' }, false],
    [{ CONTINUOUS_INTEGRATION: '1' }, true],
  ])('takes %j for CI as the live view does: %s', (environment, isCi) => {
    expect(isContinuousIntegration(environment)).toBe(isCi);
  });

  it('says of every engine that there is whether it is available, and which one auto stands for', async () => {
    const { exitCode, stdout, stderr } = await kshot(project(), ['doctor']);
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const name of Object.keys(engines)) expect(stdout).toMatch(new RegExp(`^ {2}[✓✗] ${name} `, 'm'));
    expect(stdout).toMatch(/^ {2}auto +\S+: \S/m);
    expect(stdout).toMatch(/^ {2}✓ wasm /m);
    expect(stdout).toContain('all that kshot needs is here');
  });

  it('tells of a library of this machine that is not there, without which figures are not drawn', async () => {
    const { exitCode, stderr } = await kshot(project(), ['doctor'], {
      environment: { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere' },
    });
    expect(exitCode).toBe(36);
    expect(stderr).toMatch(/@napi-rs\/canvas, which draws the figures of reports, cannot be loaded: \S/);
  });

  it('tells the same as JSON: versions that are those installed, machine, project and cache', async () => {
    const here = project();
    await kshot(here, ['run']);
    const { exitCode, stdout } = await kshot(here, ['doctor', '--json', '--python', '/bin/sh']);
    const diagnosis = diagnosisOf(stdout);
    expect(exitCode).toBe(0);
    expect(diagnosis.problems).toEqual([]);
    expect(diagnosis.python).toEqual({ program: '/bin/sh', from: '--python' });
    expect(diagnosis.engines.find(({ name }) => name === 'torch')).toMatchObject({
      available: false,
      why: expect.stringContaining('/bin/sh'),
    });
    expect(diagnosis.versions).toMatchObject({ node: process.versions.node, commander: expect.any(String) });
    // The package is named for the library that it holds.
    expect(diagnosis.versions['@duckdb/node-api']?.startsWith(String(diagnosis.versions['DuckDB']))).toBe(
      true,
    );
    expect(diagnosis.engines.map(({ name }) => name)).toEqual(Object.keys(engines));
    expect(diagnosis.project).toMatchObject({
      root: here.root,
      pipelines: ['pipelines/a.yaml'],
      default_pipeline: 'pipelines/a.yaml',
      runs: 1,
      cache: { entries: 2, incomplete: 0, locks: { live: [], dead: 0, foreign: [] } },
    });
    const objects = readdirSync(here.path('cache/objects'), { recursive: true, encoding: 'utf8' });
    expect(diagnosis.project?.cache.objects).toBe(objects.filter((name) => /^..\/.{62}$/.test(name)).length);
  });

  it('notices what is wrong with a cache by names and sizes, and which locks nobody holds', async () => {
    const here = project();
    await kshot(here, ['run']);
    const shards = here.path('cache/steps');
    const entry = JSON.parse(
      here.read(
        join(
          'cache/steps',
          readdirSync(shards, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.json')) ??
            '',
        ),
      ),
    ) as { outputs: { [port: string]: { leaf: { digest: string } } } };
    const { digest } = Object.values(entry.outputs)[0]?.leaf ?? { digest: '' };
    const object = here.path(`cache/objects/${digest.slice(0, 2)}/${digest.slice(2)}`);
    chmodSync(object, 0o644);
    truncateSync(object, 0);
    here.write('cache/quarantine/something', 'bad');
    mkdirSync(here.path('cache/locks'), { recursive: true });
    const owner = { host: 'elsewhere', bootId: 'b', processId: 1, processStart: '1', token: 't' };
    symlinkSync(JSON.stringify(owner), here.path(`cache/locks/${'a'.repeat(64)}`));
    const { exitCode, stdout } = await kshot(here, ['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/warning: 1 result in the cache with a file that is missing or of another size/);
    expect(stdout).toMatch(/warning: 1 file was bad and kept aside/);
    expect(stdout).toMatch(/warning: a lock in the cache is of host elsewhere, process 1/);
    expect((await kshot(here, ['doctor', '--json'])).stdout).toContain(`locks/${'a'.repeat(64)}`);
  });

  it('says who computes now, and after a kill that its locks, of run and step, are nobody’s', async () => {
    const here = temporaryProject({
      files: {
        'pipelines/slow.yaml':
          'version: 1\nsteps:\n  slow: { kind: command, with: { argv: [sleep, "600"], outputs: { none: none } } }\n',
      },
    });
    const child = spawn(process.execPath, [mainFile, 'run'], { cwd: here.root, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const locks = async () =>
      diagnosisOf((await kshot(here, ['doctor', '--json'])).stdout).project?.cache.locks;
    await expect.poll(locks, { timeout: 60_000 }).toMatchObject({
      live: [expect.stringContaining(`process ${child.pid}`)],
      dead: 0,
    });
    child.kill('SIGKILL');
    await ended;
    expect(await locks()).toMatchObject({ live: [], dead: 2, foreign: [] });
    const { project: found } = diagnosisOf((await kshot(here, ['doctor', '--json'])).stdout);
    const listed = (await kshot(here, ['runs', '--json'])).stdout.trimEnd();
    expect([found?.runs, listed]).toEqual([1, expect.stringContaining(`"${found?.latest_run}"`)]);
  });

  it('exits with 36 where the cache cannot be written, and says what to do', async () => {
    const here = temporaryProject({ files: { 'pipelines/a.yaml': pipeline, cache: 'a file' } });
    const { exitCode, stdout, stderr } = await kshot(here, ['doctor']);
    expect([exitCode, stderr]).toEqual([
      36,
      expect.stringMatching(/cache, which must be a folder\n {2}hint: /),
    ]);
    expect(stdout).not.toContain('all that kshot needs');
    const asJson = await kshot(here, ['doctor', '--json']);
    expect(asJson.exitCode).toBe(36);
    expect(diagnosisOf(asJson.stdout).problems.map(({ reason }) => reason)).toEqual(['cache-unwritable']);
  });

  it('measures the disk of a cache that kshot.yaml names, and says where it is', async () => {
    const here = project();
    expect((await kshot(here, ['doctor'])).stdout).not.toContain('cache in');
    const other = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kshot-cache-'));
    try {
      here.write('kshot.yaml', `cache: { path: ${other}/new/cache }`);
      const { stdout } = await kshot(here, ['doctor']);
      expect(stdout).toContain(`cache in   ${other}/new/cache\n`);
      const isOneDisk = statSync(other).dev === statSync(here.root).dev;
      expect(/free disk +\S+ \S+ for the cache, \S+ \S+ for the project/.test(stdout)).toBe(!isOneDisk);
      const facts = diagnosisOf((await kshot(here, ['doctor', '--json'])).stdout).project;
      const { bavail, bsize } = statfsSync(other);
      expect(Math.abs((facts?.free_disk_bytes ?? 0) - bavail * bsize)).toBeLessThan(1e9);
      expect(facts?.root_free_disk_bytes === null).toBe(isOneDisk);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it.runIf(process.platform === 'linux')(
    'says of a disk without space, and of a link that leads nowhere, what to mend',
    async () => {
      const here = project();
      // Nothing is ever free there.
      here.write('kshot.yaml', 'cache: { path: /proc/kshot-cache }');
      const full = await kshot(here, ['doctor']);
      expect([full.exitCode, full.stderr]).toEqual([
        36,
        expect.stringMatching(
          /the disk that holds \/proc\/kshot-cache is full\n {2}hint: .*cache\.path in kshot\.yaml/,
        ),
      ]);
      const run = await kshot(here, ['run']);
      expect([run.exitCode, run.stderr]).toEqual([
        36,
        expect.stringMatching(
          /the folder \/proc\/kshot-cache cannot be made \(ENOENT\).*\n {2}hint: .*cache\.path in kshot\.yaml/,
        ),
      ]);
      symlinkSync('/nowhere/mounted', `${here.root}-share`);
      here.write('kshot.yaml', `cache: { path: ${here.root}-share/cache }`);
      for (const command of ['doctor', 'run', 'plan']) {
        const { exitCode, stderr } = await kshot(here, [command]);
        expect([exitCode, stderr]).toEqual([
          36,
          expect.stringContaining('-share is a link that leads nowhere'),
        ]);
      }
    },
  );

  it('exits with 36 where DuckDB cannot be loaded, in a sentence', async () => {
    const broken =
      'data:text/javascript,import m from"node:module";const load=m._load;m._load=(s,...more)=>{if(s.startsWith("@duckdb"))throw new Error("no library");return load(s,...more)}';
    const environment = { NODE_OPTIONS: `--import=${JSON.stringify(broken)}` };
    const { exitCode, stderr } = await kshot(project(), ['doctor'], { environment });
    expect([exitCode, stderr]).toEqual([36, expect.stringContaining('DuckDB cannot be loaded: no library')]);
    expect(stderr).not.toContain('    at ');
  });

  it('works outside of a project, where that is worth a warning only', async () => {
    const here = temporaryProject({});
    rmSync(here.path('pipelines'), { recursive: true });
    const { exitCode, stdout, stderr } = await kshot(here, ['doctor']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\nproject\n {2}none here\n/);
    expect(stdout).toMatch(/warning: no pipelines\/ in /);
    expect((await kshot(here, ['doctor', '--root', 'nowhere'])).exitCode).toBe(2);
  });
});
