import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random.js';
import { kshot, startKshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const file = 'pipelines/small.yaml';
const args = ['run', file, '--tag', 'one', '--quiet'];

/** Result tables that hold nothing of when and where a run took place. */
const timelessTables = ['params', 'metrics', 'history', 'ranks', 'lineage'];

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

describe.each(['reference', 'wasm'])('the whole experiment on engine %s', (engine) => {
  const pipeline = smallExperiment.replace('engine: reference', `engine: ${engine}`);
  let alone: Project;

  beforeAll(async () => {
    alone = project(pipeline);
    await finish(alone, '-j', '1');
    expect(objectsOf(alone).length).toBeGreaterThan(30);
  });

  it.each(['2', '8'])('has the same bytes in every object and table on %s slots as on one', async (slots) => {
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
