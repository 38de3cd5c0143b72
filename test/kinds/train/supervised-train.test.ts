import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { baselinePopularity } from '../../../src/kinds/evaluate/baseline-popularity.js';
import { baselineRandom } from '../../../src/kinds/evaluate/baseline-random.js';
import { evalZeroShot } from '../../../src/kinds/evaluate/eval-zero-shot.js';
import type { Progress } from '../../../src/kinds/kind-body.js';
import { supervisedTrain } from '../../../src/kinds/train/supervised-train.js';
import { readModel } from '../../../src/model/model-file.js';
import { type ContextOptions, canonicalOf, kindContext } from '../../support/kind-context.js';
import { rowsOf, runKind } from '../../support/run-kind.js';
import { makeSmallData } from '../../support/small-data.js';
import { type SplitFiles, writeSmallSplit } from '../../support/small-episodes.js';

const training = {
  learning_rate: 0.02,
  batch_size: 10,
  embedding_size: 5,
  hidden_size: 6,
  max_prefix_length: 50,
  seed: 7,
};

let folder = '';
let train: SplitFiles;
let runs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-supervised-'));
  // Not a multiple of ten pairs, so that the last batch of an epoch is smaller.
  train = await writeSmallSplit(folder, { users: 8, items: 11 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.useRealTimers();
});

async function trainEpoch(parameters: JsonObject, options: Partial<ContextOptions> = {}) {
  runs += 1;
  const own = join(folder, `run-${runs}`);
  const context = kindContext({
    folder: own,
    parameters: canonicalOf(supervisedTrain, parameters),
    inputs: { train },
    ...options,
  });
  await (await supervisedTrain.load()).run(context);
  const path = (output: string) => join(own, output);
  return { path, bytes: (output: string) => readFileSync(path(output)), logged: context.logged };
}

describe('supervised.train', () => {
  it('lowers the loss from epoch to epoch, each going on where the one before ended', async () => {
    const reports: Progress[] = [];
    const means: number[] = [];
    let previous: string | undefined;
    const perEpoch = Math.ceil((await rowsOf(train.pairs)).length / 10);
    for (let epoch = 1; epoch <= 4; epoch++) {
      const trained = await trainEpoch(
        { ...training, epoch },
        {
          inputs: { train, ...(previous === undefined ? {} : { previous }) },
          onProgress: (progress) => reports.push(progress),
        },
      );
      previous = trained.path('state');
      const history = await rowsOf(trained.path('history'));
      expect(history.map((row) => row['iteration'])).toEqual(
        Array.from({ length: perEpoch }, (_, i) => (epoch - 1) * perEpoch + i + 1),
      );
      const losses = history.map((row) => Number(row['loss']));
      means.push(losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
      expect(reports.at(-1)).toEqual({
        done: perEpoch,
        total: perEpoch,
        unit: 'batches',
        values: { loss: losses.at(-1) },
      });
      expect(readModel(trained.bytes('checkpoint'), 'checkpoint').layout.shape).toEqual({
        items: 11,
        embedding: 5,
        hidden: 6,
      });
    }
    expect(means).toEqual([...means].sort((one, other) => other - one));
    // About log(11) = 2.4 before learning.
    expect(means[3]).toBeLessThan((means[0] ?? 0) - 0.2);
  });

  it('ends in the same bytes when it was killed after a save and resumed', async () => {
    const whole = await trainEpoch({ ...training, epoch: 1 });
    vi.useFakeTimers({ toFake: ['performance'] });
    const saved = {};
    const killedAt = async (batch: number) =>
      trainEpoch(
        { ...training, epoch: 1 },
        {
          saved,
          onProgress({ done }) {
            // Each batch takes nine seconds, so every second one ends in a save.
            vi.advanceTimersByTime(9_000);
            if (done === batch) throw new Error('killed');
          },
        },
      );
    await expect(killedAt(3)).rejects.toThrow('killed');
    await expect(killedAt(5)).rejects.toThrow('killed');
    const resumed = await killedAt(-1);
    expect(resumed.logged).toEqual(['resumed after iteration 4']);
    for (const output of ['checkpoint', 'state', 'history']) {
      expect(resumed.bytes(output)).toEqual(whole.bytes(output));
    }
  });

  it('has a segment for every epoch, which does not know how many there are', () => {
    const { segmentation } = supervisedTrain;
    for (const epochs of [2, 10]) {
      expect(segmentation?.count({ ...training, epochs })).toBe(epochs);
      expect(segmentation?.segment({ ...training, epochs }, 1)).toEqual({
        label: '2',
        parameters: { ...training, epoch: 2 },
      });
    }
  });
});

it('on synthetic learners the GRU is clearly better than popularity, and that than chance', async () => {
  const data = await makeSmallData({ users: 140, items: 40 });
  const { pairs, items } = data.train;
  const settings = { learning_rate: 0.01, batch_size: 64, embedding_size: 12, hidden_size: 16 };
  let previous: string | undefined;
  let model = '';
  for (let epoch = 1; epoch <= 4; epoch++) {
    const trained = await runKind(supervisedTrain, {
      with: { ...training, ...settings, epoch },
      inputs: { train: { pairs, items }, ...(previous === undefined ? {} : { previous }) },
    });
    previous = trained.path('state');
    model = trained.path('checkpoint');
  }
  const mrrOf = async (run: Promise<{ path(leafPath: string): string }>) => {
    const rows = await rowsOf((await run).path('metrics'));
    const row = rows.find(({ metric }) => metric === 'mrr');
    return { value: Number(row?.['value']), n: row?.['n'] };
  };
  const episodes = data.test;
  const random = await mrrOf(runKind(baselineRandom, { with: { seed: 1 }, inputs: { episodes } }));
  const popularity = await mrrOf(
    runKind(baselinePopularity, { with: {}, inputs: { train: { pairs, items }, episodes } }),
  );
  const gru = await mrrOf(
    runKind(evalZeroShot, { with: { max_prefix_length: 50 }, inputs: { model, episodes } }),
  );
  expect(popularity.n).toBe(random.n);
  expect(gru.n).toBe(random.n);
  expect(popularity.value).toBeGreaterThan(1.25 * random.value);
  expect(gru.value).toBeGreaterThan(1.5 * popularity.value);
});
