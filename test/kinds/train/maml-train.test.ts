import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import type { JsonObject } from '../../../src/base/json.js';
import type { Progress } from '../../../src/kinds/kind-body.js';
import { mamlTrain } from '../../../src/kinds/train/maml-train.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { builtInShape } from '../../../src/model/model-family.js';
import { readModel } from '../../../src/model/model-file.js';
import { withDatabase } from '../../../src/tables/database.js';
import { parquetFile } from '../../../src/tables/parquet.js';
import { type ContextOptions, canonicalOf, kindContext } from '../../support/kind-context.js';
import { type SplitFiles, writeSmallSplit } from '../../support/small-episodes.js';

const training = {
  inner_lr: 0.2,
  inner_steps: 3,
  outer_lr: 0.02,
  lambda_residual: 0.1,
  second_order: true,
  meta_batch_size: 4,
  clip_norm: 10,
  embedding_size: 5,
  hidden_size: 6,
  max_prefix_length: 50,
  seed: 7,
};

let folder = '';
let train: SplitFiles;
let runs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-maml-'));
  train = await writeSmallSplit(folder, { users: 8, items: 11 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.useRealTimers();
});

async function trainSegment(
  parameters: JsonObject,
  options: Partial<ContextOptions> = {},
): Promise<{
  path: (output: string) => string;
  bytes: (output: string) => Buffer;
  logged: readonly string[];
}> {
  runs += 1;
  const own = join(folder, `run-${runs}`);
  const context = kindContext({
    folder: own,
    parameters: canonicalOf(mamlTrain, parameters),
    inputs: { train },
    ...options,
  });
  await (await mamlTrain.load()).run(context);
  const path = (output: string) => join(own, output);
  return { path, bytes: (output) => readFileSync(path(output)), logged: context.logged };
}

async function historyOf(path: string) {
  return await withDatabase({ threads: 1 }, (database) =>
    database.rows(`SELECT * FROM ${parquetFile(path)}`),
  );
}

describe('maml.train', () => {
  it('lowers the loss, and writes the checkpoint that its state holds and a row for every iteration', async () => {
    const reports: Progress[] = [];
    const segment = await trainSegment(
      { ...training, start: 0, end: 40 },
      { onProgress: (progress) => reports.push(progress) },
    );
    const history = await historyOf(segment.path('history'));
    expect(history.map((row) => row['iteration'])).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    const losses = history.map((row) => row['loss'] as number);
    const mean = (list: number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
    // About log(11) = 2.4 before learning; users walk in strides of their own, which the support pairs tell.
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) - 0.5);
    expect(reports.at(-1)).toEqual({
      done: 40,
      total: 40,
      unit: 'iterations',
      values: { loss: losses.at(-1) },
    });
    const model = readModel(segment.bytes('checkpoint'), 'checkpoint');
    expect(model.layout.shape).toEqual({ items: 11, embedding: 5, hidden: 6 });
    expect(model.parameters).not.toEqual(initialParameters(builtInShape(model.layout.shape), 7));
  });

  it('ends in the same bytes in one segment of ten and in two of five', async () => {
    const whole = await trainSegment({ ...training, start: 0, end: 10 });
    const first = await trainSegment({ ...training, start: 0, end: 5 });
    const second = await trainSegment(
      { ...training, start: 5, end: 10 },
      { inputs: { train, previous: first.path('state') } },
    );
    expect(second.bytes('state')).toEqual(whole.bytes('state'));
    expect(second.bytes('checkpoint')).toEqual(whole.bytes('checkpoint'));
    const rows = [...(await historyOf(first.path('history'))), ...(await historyOf(second.path('history')))];
    expect(rows).toEqual(await historyOf(whole.path('history')));
  });

  it('ends in the same bytes in segments, too, where its outer rate falls, and elsewhere than where it does not', async () => {
    const falling = { ...training, outer_lr_schedule: 'cosine', outer_lr_min: 0.001, total: 10 };
    const whole = await trainSegment({ ...falling, start: 0, end: 10 });
    const first = await trainSegment({ ...falling, start: 0, end: 5 });
    const second = await trainSegment(
      { ...falling, start: 5, end: 10 },
      { inputs: { train, previous: first.path('state') } },
    );
    expect(second.bytes('state')).toEqual(whole.bytes('state'));
    const parametersOf = async (parameters: JsonObject, end: number) =>
      readModel((await trainSegment({ ...parameters, start: 0, end })).bytes('checkpoint'), 'checkpoint')
        .parameters;
    // The first step is at the full rate; from the second on it falls.
    expect(await parametersOf(falling, 1)).toEqual(await parametersOf(training, 1));
    expect(await parametersOf(falling, 2)).not.toEqual(await parametersOf(training, 2));
    // It falls to the end of all iterations, and not to that of a segment.
    expect(await parametersOf({ ...falling, total: 20 }, 5)).not.toEqual(await parametersOf(falling, 5));
  });

  it('ends in the same bytes when it was killed after a save and resumed', async () => {
    const whole = await trainSegment({ ...training, start: 0, end: 10 });
    vi.useFakeTimers({ toFake: ['performance'] });
    const saved = {};
    const killedAt = async (iteration: number) =>
      trainSegment(
        { ...training, start: 0, end: 10 },
        {
          saved,
          onProgress({ done }) {
            // Each iteration takes nine seconds, so every second one ends in a save.
            vi.advanceTimersByTime(9_000);
            if (done === iteration) throw new Error('killed');
          },
        },
      );
    await expect(killedAt(4)).rejects.toThrow('killed');
    await expect(killedAt(7)).rejects.toThrow('killed');
    const resumed = await killedAt(-1);
    expect(resumed.logged).toEqual(['resumed after iteration 6']);
    for (const output of ['checkpoint', 'state', 'history']) {
      expect(resumed.bytes(output)).toEqual(whole.bytes(output));
    }
  });

  it('saves its state when it is cancelled, and goes on from there', async () => {
    const whole = await trainSegment({ ...training, start: 0, end: 6 });
    const saved = {};
    const abort = new AbortController();
    const cancelled = trainSegment(
      { ...training, start: 0, end: 6 },
      { saved, signal: abort.signal, onProgress: ({ done }) => (done === 3 ? abort.abort() : undefined) },
    );
    await expect(cancelled).rejects.toThrow('aborted');
    const resumed = await trainSegment({ ...training, start: 0, end: 6 }, { saved });
    expect(resumed.logged).toEqual(['resumed after iteration 3']);
    expect(resumed.bytes('state')).toEqual(whole.bytes('state'));
  });

  it('begins again where the saved state cannot be read', async () => {
    const whole = await trainSegment({ ...training, start: 0, end: 2 });
    const again = await trainSegment(
      { ...training, start: 0, end: 2 },
      { saved: { state: Buffer.from('half') } },
    );
    expect(again.logged[0]).toContain('began again at iteration 0');
    expect(again.bytes('state')).toEqual(whole.bytes('state'));
  });

  it('refuses to train on fewer users than it draws', async () => {
    const parameters = { ...training, meta_batch_size: 9, start: 0, end: 1 };
    const failure = await trainSegment(parameters).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FailureError);
    expect((failure as FailureError).failure).toMatchObject({
      reason: 'bad-data',
      message:
        'meta_batch_size is 9, the users that are drawn for each meta-iteration, and only 8 have an episode',
      hint: expect.stringContaining('at most 8'),
    });
  });

  it('says at which iteration and for whom the loss stopped being a number', async () => {
    const parameters = { ...training, inner_lr: 1e200, start: 0, end: 1 };
    const failure = await trainSegment(parameters).catch((error: unknown) => error);
    expect((failure as FailureError).failure).toMatchObject({
      reason: 'not-finite',
      message: expect.stringMatching(/^training diverged: the loss of user user-\d is NaN at iteration 1$/),
    });
  });
});

describe('segments of maml.train', () => {
  const expand = (iterations: number, checkpoint_interval: number) => {
    const { count, segment } = mamlTrain.segmentation ?? { count: () => 0, segment: () => undefined };
    const parameters = { ...training, iterations, checkpoint_interval };
    return Array.from({ length: count(parameters) }, (_, index) => segment(parameters, index));
  };

  it('cover all iterations, the last one shorter', () => {
    expect(expand(250, 100)).toEqual([
      { label: '100', parameters: { ...training, start: 0, end: 100 } },
      { label: '200', parameters: { ...training, start: 100, end: 200 } },
      { label: '250', parameters: { ...training, start: 200, end: 250 } },
    ]);
    expect(expand(5, 100)).toEqual([{ label: '5', parameters: { ...training, start: 0, end: 5 } }]);
  });

  it('stay the same when there are more iterations in all', () => {
    expect(expand(300, 100)?.slice(0, 2)).toEqual(expand(200, 100));
  });

  it('hold how many iterations there are in all where the outer rate falls', () => {
    const falling = canonicalOf(mamlTrain, { ...training, outer_lr_schedule: 'cosine' });
    expect(falling).toMatchObject({ outer_lr_schedule: 'cosine', outer_lr_min: 0 });
    const { segment } = mamlTrain.segmentation ?? { segment: () => undefined };
    expect(segment({ ...falling, iterations: 250, checkpoint_interval: 100 }, 2)).toMatchObject({
      parameters: { start: 200, end: 250, total: 250 },
    });
  });
});
