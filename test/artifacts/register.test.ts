import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  copiedRuns,
  identityOf,
  type RunRecord,
  readRegister,
  registerRun,
  runFolderOf,
} from '../../src/artifacts/register.js';
import { readManifest, readReport } from '../../src/artifacts/run-documents.js';
import { createRunFolder } from '../../src/artifacts/run-folder.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

function record(run: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    run,
    pipeline: 'p',
    file: 'pipelines/p.yaml',
    started_at: `2026-01-07T10:00:00.${run.padStart(3, '0')}Z`,
    seconds: 1,
    exit_code: 0,
    counts: { ran: 1, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 },
    tables: `p/${run}`,
    signature: 's',
    test_evaluations: [],
    files: {},
    ...more,
  };
}

function register(project: Project, one: RunRecord) {
  mkdirSync(runFolderOf(project.root, `${one.pipeline}/${one.run}`), { recursive: true });
  return registerRun(project.root, one);
}

describe('the register of runs', () => {
  it('holds every run in the order of starts, failed ones too', () => {
    const project = temporaryProject({});
    register(project, record('2', { exit_code: 1 }));
    register(project, record('1'));
    expect(readRegister(project.root).runs.map((one) => [one.run, one.exit_code])).toEqual([
      ['1', 0],
      ['2', 1],
    ]);
  });

  it('counts for a test set the distinct keys, over all runs, also of runs whose folder is gone', () => {
    const project = temporaryProject({});
    const on = (key: string) => ({ test_set: 'T', key });
    register(project, record('1', { test_evaluations: [on('a'), on('b')] }));
    rmSync(runFolderOf(project.root, 'p/1'), { recursive: true });
    register(project, record('2', { test_evaluations: [on('b'), on('c')] }));
    expect(readRegister(project.root).test_sets).toEqual({ T: { evaluations: 3, keys: ['a', 'b', 'c'] } });
  });

  it('is made again from the records when somebody has broken it', () => {
    const project = temporaryProject({});
    register(project, record('1'));
    for (const broken of ['{"version": 1, "ru', '{"runs": 7}', '[]']) {
      project.write('artifacts/meta.json', broken);
      expect(readRegister(project.root).runs.map((one) => one.run)).toEqual(['1']);
    }
    rmSync(project.path('artifacts/meta.json'));
    expect(readRegister(project.root).runs.map((one) => one.run)).toEqual(['1']);
    register(project, record('2'));
    expect(JSON.parse(project.read('artifacts/meta.json'))).toMatchObject({
      runs: [{ run: '1' }, { run: '2' }],
    });
  });

  it('knows runs by their folders, also those that were renamed or put back by hand', () => {
    const project = temporaryProject({});
    const known = () => readRegister(project.root).runs.map(identityOf);
    register(project, record('1', { test_evaluations: [{ test_set: 'T', key: 'a' }] }));
    const text = project.read('artifacts/p/1/record.json');
    rmSync(project.path('artifacts/p/1'), { recursive: true });
    register(project, record('2'));
    expect(known()).toEqual(['p/2']);
    project.write('artifacts/p/1/record.json', text);
    project.write('artifacts/p/copy/record.json', text);
    expect(known()).toEqual(['p/1', 'p/copy', 'p/2']);
    renameSync(project.path('artifacts/p'), project.path('artifacts/q'));
    expect(known()).toEqual(['q/1', 'q/copy', 'q/2']);
    // Moved to another disk and linked back, a run and a pipeline's folder.
    renameSync(project.path('artifacts/q/copy'), project.path('moved'));
    symlinkSync(project.path('moved'), project.path('artifacts/q/copy'));
    renameSync(project.path('artifacts/q'), project.path('elsewhere'));
    symlinkSync(project.path('elsewhere'), project.path('artifacts/q'));
    expect(known()).toEqual(['q/1', 'q/copy', 'q/2']);
    expect(readRegister(project.root).test_sets).toEqual({ T: { evaluations: 1, keys: ['a'] } });
  });

  it('takes one of a folder and its copies: that which its record names, as long as it is there', () => {
    const project = temporaryProject({});
    const known = () => readRegister(project.root).runs.map(identityOf);
    const manifest = (digest: string) => ({ files: { 'manifest.json': { digest, bytes: 1 } } });
    register(project, record('9', manifest('x')));
    register(project, record('8', manifest('y')));
    project.write('artifacts/p/1copy/record.json', project.read('artifacts/p/9/record.json'));
    project.write('artifacts/q/9/record.json', project.read('artifacts/p/9/record.json'));
    expect(known()).toEqual(['p/8', 'p/9']);
    register(project, record('7', manifest('z')));
    expect(known()).toEqual(['p/7', 'p/8', 'p/9']);
    expect([...copiedRuns(project.root)].sort()).toEqual([
      ['p/1copy', 'p/9'],
      ['q/9', 'p/9'],
    ]);
    // One that an earlier version of kshot took for a run of its own.
    const meta = JSON.parse(project.read('artifacts/meta.json')) as { runs: RunRecord[] };
    const copied = meta.runs.find(({ run }) => run === '9');
    project.write(
      'artifacts/meta.json',
      JSON.stringify({ ...meta, runs: [...meta.runs, { ...copied, run: '1copy' }] }),
    );
    expect(known()).toEqual(['p/7', 'p/8', 'p/9']);
    rmSync(project.path('artifacts/p/9'), { recursive: true });
    expect(known()).toEqual(['p/7', 'p/8', 'p/1copy']);
  });

  it('names a record that is none', () => {
    const project = temporaryProject({});
    project.write('artifacts/p/odd/record.json', '{}');
    expect(() => register(project, record('3'))).toThrow(
      'artifacts/p/odd/record.json is not what kshot wrote',
    );
  });

  it('gets every run when many processes end at once', async () => {
    const project = temporaryProject({});
    const module = new URL('../../dist/artifacts/register.js', import.meta.url).href;
    const script = `
      const { registerRun, runFolderOf } = await import(${JSON.stringify(module)});
      const { mkdirSync } = await import('node:fs');
      const [root, name, text] = process.argv.slice(1);
      const template = JSON.parse(text);
      for (let index = 0; index < 20; index++) {
        const run = name + index;
        mkdirSync(runFolderOf(root, 'p/' + run), { recursive: true });
        registerRun(root, { ...template, run, test_evaluations: [{ test_set: 'T', key: run }] });
      }`;
    const processes = ['a', 'b', 'c', 'd'].map((name) =>
      promisify(execFile)(process.execPath, [
        '--input-type=module',
        '-e',
        script,
        project.root,
        name,
        JSON.stringify(record('x')),
      ]),
    );
    await Promise.all(processes);
    const result = readRegister(project.root);
    expect(result.runs).toHaveLength(80);
    expect(result.test_sets['T']?.evaluations).toBe(80);
  });
});

describe('the documents of a run', () => {
  it('are undefined where its folder is gone, and refused where they are gone or anything else', () => {
    const project = temporaryProject({});
    const file = 'artifacts/p/1/manifest.json';
    expect(readManifest(project.root, 'p/1')).toBeUndefined();
    mkdirSync(project.path('artifacts/p/1'), { recursive: true });
    expect(() => readManifest(project.root, 'p/1')).toThrow(`${file} is missing`);
    for (const text of ['', '{"nodes": [', '{}', '[]', 'null']) {
      project.write(file, text);
      expect(() => readManifest(project.root, 'p/1'), text).toThrow(`${file} is not what kshot wrote`);
    }
    rmSync(project.path(file));
    mkdirSync(project.path(file));
    expect(() => readManifest(project.root, 'p/1')).toThrow(`${file} is not what kshot wrote`);
    expect(() => readReport(project.root, 'p/1')).toThrow('artifacts/p/1/report.json is missing');
  });
});

describe("a run's folder", () => {
  const now = new Date('2026-01-07T10:15:00.123Z');

  it('is named by time and a suffix, another each time', () => {
    const project = temporaryProject({});
    const made = [1, 2, 3].map(() => createRunFolder(project.root, 'p', now));
    const tags = made.map((one) => (one.ok ? one.value.run : one.failure.message));
    for (const tag of tags) expect(tag).toMatch(/^20260107-101500-[0-9a-f]{4}$/);
    expect(new Set(tags).size).toBe(3);
  });

  it('takes a tag once only', () => {
    const project = temporaryProject({});
    expect(createRunFolder(project.root, 'p', now, 'paper-1').ok).toBe(true);
    expect(createRunFolder(project.root, 'p', now, 'paper-1')).toMatchObject({
      ok: false,
      failure: { reason: 'usage' },
    });
    expect(createRunFolder(project.root, 'q', now, 'paper-1').ok).toBe(true);
  });

  it.each(['', '../x', 'a/b', '.hidden', 'a b', "a'b", 'ü', 'a\n', 'x'.repeat(65)])(
    'refuses the tag %j',
    (tag) => {
      const project = temporaryProject({});
      expect(createRunFolder(project.root, 'p', now, tag)).toMatchObject({
        ok: false,
        failure: { reason: 'usage' },
      });
    },
  );
});
