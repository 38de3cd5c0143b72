import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import type { Json, JsonObject } from '../../../src/base/json.js';
import { readEpisodes, selectPairs } from '../../../src/data/read-episodes.js';
import { createEngine } from '../../../src/engines/reference/reference-engine.js';
import { evalFewShot } from '../../../src/kinds/evaluate/eval-few-shot.js';
import { evalZeroShot } from '../../../src/kinds/evaluate/eval-zero-shot.js';
import { metricsKind } from '../../../src/kinds/evaluate/metrics.js';
import type { Kind } from '../../../src/kinds/kind.js';
import type { Progress } from '../../../src/kinds/kind-body.js';
import { gru } from '../../../src/model/gru/gru.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterCount, parameterLayout } from '../../../src/model/gru/parameter-layout.js';
import { writeModel } from '../../../src/model/model-file.js';
import { metricNames } from '../../../src/statistics/metrics.js';
import { type Row, withDatabase } from '../../../src/tables/database.js';
import { parquetFile } from '../../../src/tables/parquet.js';
import { plainOrders, plainRanks } from '../../engines/plain-model.js';
import { type ContextOptions, canonicalOf, kindContext } from '../../support/kind-context.js';
import { type SplitFiles, writeSmallSplit } from '../../support/small-episodes.js';

const shape = { items: 11, embedding: 4, hidden: 5 };
const parameters = initialParameters(shape, 3);

let folder = '';
let episodes: SplitFiles;
let model = '';
let runs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-evaluate-'));
  episodes = await writeSmallSplit(folder, { users: 5, items: shape.items });
  model = join(folder, 'model.safetensors');
  writeFileSync(model, writeModel({ layout: gru.layout(shape), parameters }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function evaluate(kind: Kind, given: JsonObject, options: Partial<ContextOptions> = {}) {
  runs += 1;
  const own = join(folder, `run-${runs}`);
  const context = kindContext({
    folder: own,
    parameters: canonicalOf(kind, given),
    inputs: { model, episodes },
    ...options,
  });
  await (await kind.load()).run(context);
  // Planning puts this node behind every evaluation.
  const ranks = { folder: own, parameters: {}, inputs: { ranks: join(own, 'ranks') } };
  await (await metricsKind.load()).run(kindContext({ ...options, ...ranks }));
  return {
    bytes: (output: string) => readFileSync(join(own, output)),
    rows: async (output: string): Promise<readonly Row[]> =>
      await withDatabase({ threads: 1 }, (database) =>
        database.rows(`SELECT * FROM ${parquetFile(join(own, output))}`),
      ),
  };
}

async function failureOf(action: Promise<unknown>): Promise<FailureError['failure']> {
  const error = await action.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FailureError);
  return (error as FailureError).failure;
}

describe('eval.zero_shot', () => {
  it('ranks as the plain model does, and its metrics are those ranks', async () => {
    const result = await evaluate(evalZeroShot, {});
    const set = await readEpisodes(episodes, { threads: 1, maxPrefixLength: 50 });
    const expected = set.episodes.flatMap((episode) => {
      const query = selectPairs(set.pairs, episode.query);
      const ranks = plainRanks(shape, parameters, query);
      return ranks.map((rank, i) => ({
        k: 3,
        steps: 0,
        inner_lr: null,
        episode_id: episode.episodeId,
        user_id: episode.userId,
        pair_id: set.pairIds[episode.query[i] ?? -1],
        label: query.labels[i],
        rank,
      }));
    });
    expect(await result.rows('ranks')).toEqual(expected);
    const ranks = expected.map(({ rank }) => rank);
    const share = (hit: (rank: number) => boolean) => ranks.filter(hit).length / ranks.length;
    const metrics = await result.rows('metrics');
    expect(metrics.map((row) => row['metric'])).toEqual([...metricNames].sort());
    const { low, high, ...first } = metrics[0] ?? {};
    expect(Number(low)).toBeLessThanOrEqual(Number(first['value']));
    expect(Number(high)).toBeGreaterThanOrEqual(Number(first['value']));
    expect(first).toEqual({
      k: 3,
      steps: 0,
      inner_lr: null,
      metric: 'accuracy@1',
      value: share((rank) => rank === 1),
      n: ranks.length,
      users: 5,
    });
    expect(metrics.at(-1)?.['value']).toBeCloseTo(
      share((rank) => rank <= 5),
      12,
    );
  });

  it('lists the items that the plain model ranks first, where asked to, and refuses where the engine cannot', async () => {
    const result = await evaluate(evalZeroShot, { top_items: 4 });
    const set = await readEpisodes(episodes, { threads: 1, maxPrefixLength: 50 });
    const expected = set.episodes.flatMap((episode) =>
      plainOrders(shape, parameters, selectPairs(set.pairs, episode.query)).flatMap((order, i) =>
        order.slice(0, 4).map((item, index) => ({
          k: 3,
          steps: 0,
          inner_lr: null,
          episode_id: episode.episodeId,
          user_id: episode.userId,
          pair_id: set.pairIds[episode.query[i] ?? -1],
          position: index + 1,
          item,
        })),
      ),
    );
    expect(await result.rows('top')).toEqual(expected);
    expect(result.bytes('ranks')).toEqual((await evaluate(evalZeroShot, {})).bytes('ranks'));
    const withoutLists = async () => {
      const engine = await createEngine({ shape, threads: 1 });
      const adaptAndRank: typeof engine.adaptAndRank = async (from, tasks, { innerRates, steps }) =>
        await engine.adaptAndRank(from, tasks, { innerRates, steps });
      return { ...engine, name: 'tfjs:cpu', adaptAndRank };
    };
    const failure = await failureOf(evaluate(evalZeroShot, { top_items: 4 }, { engine: withoutLists }));
    expect(failure).toMatchObject({
      reason: 'engine-unavailable',
      message: 'the engine tfjs:cpu gives ranks, and no lists of items as top_items asks for',
    });
  });

  it('evaluates the first episodes only, where asked to', async () => {
    const all = await (await evaluate(evalZeroShot, {})).rows('ranks');
    const some = await (await evaluate(evalZeroShot, { max_episodes: 2 })).rows('ranks');
    expect(some).toEqual(all.filter((row) => Number(row['episode_id']) < 2));
    expect(some.length).toBeGreaterThan(0);
  });
});

describe('eval.few_shot', () => {
  it('ranks after each step count, on one trajectory', async () => {
    const together = await (await evaluate(evalFewShot, { steps: [4, 0, 1], inner_lr: 0.3 })).rows('ranks');
    const zero = await (await evaluate(evalZeroShot, {})).rows('ranks');
    const four = await (await evaluate(evalFewShot, { steps: 4, inner_lr: 0.3 })).rows('ranks');
    const at = (steps: number) => together.filter((row) => row['steps'] === steps);
    expect(at(0)).toEqual(zero);
    expect(at(4)).toEqual(four);
    expect(at(1).map((row) => row['rank'])).not.toEqual(at(4).map((row) => row['rank']));
    expect(at(1).every((row) => row['inner_lr'] === 0.3)).toBe(true);
  });

  it('has metrics for every step count, in order', async () => {
    const metrics = await (await evaluate(evalFewShot, { steps: [4, 0, 1], inner_lr: 0.3 })).rows('metrics');
    expect(metrics.map((row) => row['steps'])).toEqual(
      [0, 1, 4].flatMap((steps) => new Array(metricNames.length).fill(steps)),
    );
  });

  it('adapts to the last k support pairs, and to each k as if alone', async () => {
    const both = await (await evaluate(evalFewShot, { k: [3, 1], steps: 2, inner_lr: 0.3 })).rows('ranks');
    const whole = await (await evaluate(evalFewShot, { steps: 2, inner_lr: 0.3 })).rows('ranks');
    const one = await (await evaluate(evalFewShot, { k: 1, steps: 2, inner_lr: 0.3 })).rows('ranks');
    expect(both.filter((row) => row['k'] === 3)).toEqual(whole);
    expect(both.filter((row) => row['k'] === 1)).toEqual(one);
    const set = await readEpisodes(episodes, { threads: 1, maxPrefixLength: 50 });
    const engine = await createEngine({ shape, threads: 1 });
    const tasks = set.episodes.map((episode) => ({
      support: selectPairs(set.pairs, episode.support.slice(-1)),
      query: selectPairs(set.pairs, episode.query),
    }));
    const { ranks } = await engine.adaptAndRank(parameters, tasks, { innerRates: 0.3, steps: [2] });
    expect(one.map((row) => row['rank'])).toEqual((ranks[0] ?? []).flatMap((own) => [...own]));
  });

  it('has no value for a k that the episodes cannot serve', async () => {
    const result = await evaluate(evalFewShot, { k: [3, 4], steps: 1, inner_lr: 0.3 });
    const metrics = await result.rows('metrics');
    expect(metrics.filter((row) => row['k'] === 4)).toEqual(
      [...metricNames].sort().map((metric) => ({
        k: 4,
        steps: 1,
        inner_lr: 0.3,
        metric,
        value: null,
        low: null,
        high: null,
        n: 0,
        users: 0,
      })),
    );
    expect((await result.rows('ranks')).every((row) => row['k'] === 3)).toBe(true);
  });

  it('refuses such a k at planning where the episodes are known', () => {
    const check = (k: Json, supportPairs?: number) =>
      evalFewShot.check?.({
        parameters: { k },
        inputNames: ['model', 'episodes'],
        lengths: {},
        facts: { episodes: supportPairs === undefined ? [] : [{ supportPairs }] },
      });
    expect(check([1, 5], 5)).toEqual([]);
    expect(check([1, 10])).toEqual([]);
    expect(check([1, 10], 5)).toEqual([
      {
        path: ['k'],
        message: 'k is 10, and these episodes have 5 support pairs; build some with k: 10 for it',
      },
    ]);
  });

  it('gives the drift of each tensor and episode, and its quartiles', async () => {
    const result = await evaluate(evalFewShot, { k: [1, 3], steps: [0, 2], inner_lr: 0.3, drift: true });
    const drift = await result.rows('drift');
    const layout = parameterLayout(shape);
    expect(drift).toHaveLength(2 * 7 * layout.length);
    const bias = layout.at(-1);
    const before = Math.hypot(...parameters.slice(bias?.offset, (bias?.offset ?? 0) + (bias?.size ?? 0)));
    const own = drift.filter((row) => row['tensor'] === bias?.name);
    for (const row of own) expect(row['norm_before']).toBeCloseTo(before, 10);
    for (const row of own) expect(Number(row['norm_of_change'])).toBeGreaterThan(0);
    const summary = await result.rows('drift_summary');
    expect(summary).toHaveLength(2 * layout.length);
    const changes = own
      .filter((row) => row['k'] === 3)
      .map((row) => Number(row['norm_of_change']))
      .sort((one, other) => one - other);
    const ofThree = summary.find((row) => row['k'] === 3 && row['tensor'] === bias?.name);
    expect(ofThree).toMatchObject({
      steps: 2,
      episodes: 7,
      norm_of_change_median: changes[3],
    });
    const between = (low: number) => ((changes[low] ?? 0) + (changes[low + 1] ?? 0)) / 2;
    expect(ofThree?.['norm_of_change_lower']).toBeCloseTo(between(1), 12);
    expect(ofThree?.['norm_of_change_upper']).toBeCloseTo(between(4), 12);
  });

  it('writes the same bytes at one thread and at eight', async () => {
    const [one, eight] = await Promise.all(
      [1, 8].map((threads) => evaluate(evalFewShot, { steps: [2], inner_lr: 0.3 }, { threads })),
    );
    for (const output of ['metrics', 'ranks']) expect(eight?.bytes(output)).toEqual(one?.bytes(output));
  });

  it('reports its progress, and what is derived from it the figures', async () => {
    const reports: Progress[] = [];
    const result = await evaluate(
      evalFewShot,
      { steps: 1, inner_lr: 0.3 },
      { onProgress: (progress) => reports.push(progress) },
    );
    const values = Object.fromEntries(
      (await result.rows('metrics')).map(({ metric, value }) => [String(metric), value]),
    );
    const all = { done: 7, total: 7, unit: 'episodes' };
    expect(reports).toEqual([all, all, { done: 1, total: 1, unit: 'settings', values }]);
  });

  it('has one canonical form for one meaning', () => {
    const canonical = (given: JsonObject) => {
      const { steps, inner_lr } = canonicalOf(evalFewShot, given);
      return { steps, inner_lr };
    };
    expect(canonical({ steps: 5, inner_lr: 0.1 })).toEqual({ steps: [5], inner_lr: 0.1 });
    expect(canonical({ steps: [5, 1, 5], inner_lr: 0.1 })).toEqual({ steps: [1, 5], inner_lr: 0.1 });
    expect(canonical({ steps: [0], inner_lr: 0.1 })).toEqual({ steps: [0] });
    expect(canonical({ steps: [0, 1], inner_lr: 0.1 })).toEqual({ steps: [0, 1], inner_lr: 0.1 });
  });

  it('refuses a model of other items', async () => {
    const other = join(folder, 'other.safetensors');
    writeFileSync(
      other,
      writeModel({
        layout: gru.layout({ ...shape, items: 12 }),
        parameters: initialParameters({ ...shape, items: 12 }, 1),
      }),
    );
    const failure = await failureOf(evaluate(evalZeroShot, {}, { inputs: { model: other, episodes } }));
    expect(failure).toMatchObject({
      reason: 'bad-data',
      message: 'the model knows 12 items, and the episodes have 11',
    });
  });

  it('refuses to rank with scores that are not numbers', async () => {
    const broken = join(folder, 'broken.safetensors');
    const values = new Float64Array(parameterCount(shape)).fill(Number.NaN);
    writeFileSync(broken, writeModel({ layout: gru.layout(shape), parameters: values }));
    const failure = await failureOf(evaluate(evalZeroShot, {}, { inputs: { model: broken, episodes } }));
    expect(failure.reason).toBe('not-finite');
    expect(failure.message).toContain('user user-0 (episode 0)');
  });
});
