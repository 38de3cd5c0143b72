import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const project = temporaryProject({
  files: { 'pipelines/values.yaml': 'version: 1\nsteps:\n  one: { kind: value, with: { a: 1 } }\n' },
});
const folder = 'artifacts/values/first';

/** Does something to a file of the run, looks, and puts the file back. */
async function withSpoilt(file: string, spoil: (path: string) => void, look: () => Promise<void>) {
  const path = project.path(file);
  const before = readFileSync(path);
  spoil(path);
  try {
    await look();
  } finally {
    writeFileSync(path, before);
  }
}

async function expectRefusal(args: readonly string[], problem: string) {
  const { exitCode, stdout, stderr } = await kshot(project, args);
  expect([exitCode, stdout], stderr).toEqual([1, '']);
  expect(stderr).toContain(problem);
  expect(stderr).toContain('hint: ');
}

beforeAll(async () => {
  expect((await kshot(project, ['run', '--tag', 'first'])).exitCode).toBe(0);
});

describe('the results of a run', () => {
  it('are all good as they were written', async () => {
    const { exitCode, stdout } = await kshot(project, ['cache', 'verify']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(', 1 run: all good\n')]);
  });

  it.each([
    ['changed', (path: string) => writeFileSync(path, 'PAR1'), 'is not what kshot wrote'],
    ['taken away', (path: string) => rmSync(path), 'is missing'],
  ])('are not shown from a table that was %s', async (_, spoil, problem) => {
    const file = `${folder}/tables/steps.parquet`;
    await withSpoilt(file, spoil, async () => {
      for (const query of ['FROM steps', 'FROM latest_steps']) {
        await expectRefusal(['sql', query], `${project.path(file)} ${problem}`);
      }
      expect((await kshot(project, ['sql', 'FROM runs'])).exitCode).toBe(0);
      await expectRefusal(['cache', 'verify'], `${project.path(file)} ${problem}`);
    });
  });

  it.each(['report.json', 'manifest.json'])('are not shown from another %s', async (name) => {
    const file = `${folder}/${name}`;
    const spoil = (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('first', 'furst'));
    await withSpoilt(file, spoil, async () => {
      const problem = `${project.path(file)} is not what kshot wrote`;
      await expectRefusal(['results'], problem);
      await expectRefusal(['cache', 'verify'], problem);
    });
  });

  it('keep garbage from being collected where it cannot be told what they need', async () => {
    const file = `${folder}/manifest.json`;
    const spoil = (path: string) => rmSync(path);
    await withSpoilt(file, spoil, async () => {
      for (const args of [
        ['gc'],
        ['results'],
        ['report'],
        ['get', 'one.value', '--run', 'first'],
        ['diff', 'first', 'first'],
      ]) {
        await expectRefusal(args, `${project.path(file)} is missing`);
      }
    });
  });

  it('are refused where a manifest lists what is no node', async () => {
    const file = `${folder}/manifest.json`;
    await withSpoilt(
      file,
      (path) => writeFileSync(path, '{"nodes": [null]}'),
      async () => {
        await expectRefusal(['gc'], `${project.path(file)} is not what kshot wrote`);
      },
    );
  });

  it('are found without the register, whose loss cache verify reports', async () => {
    await withSpoilt(
      'artifacts/meta.json',
      (path) => writeFileSync(path, '{"runs": 7}'),
      async () => {
        const counted = await kshot(project, ['sql', 'SELECT count(*) AS n FROM runs', '--format', 'csv']);
        expect([counted.exitCode, counted.stdout]).toEqual([0, 'n\n1\n']);
        await expectRefusal(['cache', 'verify'], 'meta.json is not what kshot wrote');
        expect((await kshot(project, ['run'])).exitCode).toBe(0);
        expect(JSON.parse(project.read('artifacts/meta.json'))).toMatchObject({
          runs: [{ run: 'first' }, { tables: 'values/first' }],
        });
      },
    );
  });

  it('are made again after the folder of a spoilt run was removed, as the hint says', async () => {
    expect((await kshot(project, ['run', '--set', 'steps.one.with.a=2'])).exitCode).toBe(0);
    expect((await kshot(project, ['run', '--tag', 'again'])).exitCode).toBe(0);
    rmSync(project.path(folder), { recursive: true });
    // A run that had the same results has them still.
    const kept = await kshot(project, ['sql', 'SELECT node FROM latest_params', '--format', 'csv']);
    expect([kept.exitCode, kept.stdout]).toEqual([0, 'node\none\n']);
    expect((await kshot(project, ['run'])).exitCode).toBe(0);
    const shown = await kshot(project, ['sql', 'SELECT node FROM latest_steps', '--format', 'csv']);
    expect([shown.exitCode, shown.stdout]).toEqual([0, 'node\none\n']);
  });
});
