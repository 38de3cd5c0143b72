import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random.js';
import { type Finished, kshot, startKshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const file = 'pipelines/small.yaml';
const args = ['run', file, '--tag', 'one', '--quiet'];

/** Result tables that hold nothing of when and where a run took place. */
const timelessTables = [
  'params',
  'metrics',
  'history',
  'ranks',
  'drift',
  'drift_summary',
  'summary',
  'breakdown',
  'lineage',
];

function project(pipeline: string): Project {
  return temporaryProject({ files: { [file]: pipeline } });
}

/** Every object's name, each checked against its bytes. */
function objectsOf(made: Project): readonly string[] {
  const folder = made.path('cache/objects');
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // What a killed writer had begun stands beside the objects under a name that no reader looks for.
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
      .map((entry) => {
        const bytes = readFileSync(join(entry.parentPath, entry.name));
        const name = createHash('sha256').update(bytes).digest('hex');
        expect(join(entry.parentPath, entry.name).slice(folder.length).replaceAll('/', '')).toBe(name);
        return name;
      })
      .sort()
  );
}

function tablesOf(made: Project): { readonly [table: string]: string } {
  return Object.fromEntries(
    timelessTables.map((table) => [
      table,
      createHash('sha256')
        .update(readFileSync(made.path(`artifacts/small/one/tables/${table}.parquet`)))
        .digest('hex'),
    ]),
  );
}

async function finish(made: Project, ...more: readonly string[]): Promise<void> {
  const finished = await kshot(made, [...args, ...more]);
  expect(finished.exitCode, finished.stderr).toBe(0);
}

describe.each([
  ['reference', '8'],
  ['wasm', '2'],
] as const)('the whole experiment on engine %s', (engine, slots) => {
  const pipeline = smallExperiment.replace('engine: reference', `engine: ${engine}`);
  let alone: Project;

  beforeAll(async () => {
    alone = project(pipeline);
    await finish(alone, '-j', '1');
    expect(objectsOf(alone).length).toBeGreaterThan(30);
  });

  it(`has the same bytes in every object and table on ${slots} slots as on one`, async () => {
    const made = project(pipeline);
    await finish(made, '-j', slots);
    expect(objectsOf(made)).toEqual(objectsOf(alone));
    expect(tablesOf(made)).toEqual(tablesOf(alone));
  });

  it('has the same objects after kill -9 at any moment of it, training included', async () => {
    const made = project(pipeline);
    const draws = randomStream(20260107, 'moments of kills', 0);
    let killed = 0;
    for (let kill = 0; kill < 8; kill++) {
      const running = startKshot(made, ['run', file, '--tag', `killed-${kill}`, '--json']);
      await delay(150 + draws.float64() * 900);
      if (running.process.kill('SIGKILL')) killed++;
      await running.finished;
    }
    expect(killed).toBeGreaterThan(3);
    await finish(made);
    expect(objectsOf(made)).toEqual(objectsOf(alone));
    expect(tablesOf(made)).toEqual(tablesOf(alone));
  });
});

describe.skipIf(process.platform !== 'linux')(
  'a worker process that is killed in the middle of training',
  () => {
    const long = smallExperiment
      .replace('engine: reference', 'engine: wasm')
      .replace('iterations: 4', 'iterations: 600')
      .replace('checkpoint_interval: 2', 'checkpoint_interval: 300');

    /** Kills the worker that trains, at the `count` first starts of it. */
    async function killed(made: Project, count: number): Promise<Finished> {
      const running = startKshot(made, ['run', file, '--tag', 'one', '-j', '1', '--json']);
      const { pid } = running.process;
      let before = '';
      for (let kill = 1; kill <= count; kill++) {
        const progress = '"step.progress","time":"[^"]*","node":"meta_train@300"';
        await running.until(new RegExp(`${before}${progress}`, 's'));
        const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
        expect(workers).toMatch(/^\d+$/);
        process.kill(Number(workers), 'SIGKILL');
        before += '"step.retry".*';
      }
      return await running.finished;
    }

    it('costs the run nothing but time: it ends well, with the same bytes, and says what happened', async () => {
      const [alone, made] = [project(long), project(long)];
      await finish(alone, '-j', '1');
      const { exitCode, stdout } = await killed(made, 1);
      expect(exitCode).toBe(0);
      const message = 'the process that ran meta_train@300 was ended by SIGKILL';
      expect(stdout.match(/^.*"step.retry".*$/gm)?.map((line) => JSON.parse(line))).toEqual([
        { event: 'step.retry', time: expect.any(String), node: 'meta_train@300', reason: message },
      ]);
      expect(objectsOf(made)).toEqual(objectsOf(alone));
      expect(tablesOf(made)).toEqual(tablesOf(alone));
      const log = made.read('artifacts/small/one/logs/meta_train@300.log');
      expect(log).toContain(`[kshot] executed once more: ${message}`);
      expect(log).toMatch(/ended .*: ran\n$/);
    });

    it('twice fails the step, and says so', async () => {
      const { exitCode, stdout } = await killed(project(long), 2);
      expect(exitCode).toBe(1);
      const finishes = stdout.match(/^.*"step.finish".*"outcome":"failed".*$/gm) ?? [];
      expect(finishes.map((line) => JSON.parse(line).failure)).toMatchObject([
        {
          reason: 'worker-killed',
          message: 'the process that ran meta_train@300 was ended by SIGKILL; so was one before it',
          hint: expect.stringContaining('memory ran out'),
        },
      ]);
    });
  },
);
