import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readPairs } from '../../../src/data/read-pairs.js';
import { withWholeHistories } from '../../../src/data/whole-histories.js';
import { evalZeroShot } from '../../../src/kinds/evaluate/eval-zero-shot.js';
import { supervisedTrain } from '../../../src/kinds/train/supervised-train.js';
import { gru } from '../../../src/model/gru/gru.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../../src/model/gru/parameter-layout.js';
import { writeModel } from '../../../src/model/model-file.js';
import { rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';
import { makeSmallData } from '../../support/small-data.js';

const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import pandas, torch'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} lacks pandas or torch: ${probe.stderr}`;
if (absent !== undefined) console.warn(`skipped: whole histories beside Python, because ${absent}`);

it('puts the items of a user’s earlier sessions before a prefix, and keeps the last so many', () => {
  // Session 0 of user 0 is 1 2 3, session 1 is 4 5; session 2 is 6 7 of user 1. Pairs in another order.
  const pairs = {
    items: Int32Array.from([4, 1, 2, 6, 1]),
    offsets: Int32Array.from([0, 1, 3, 4, 5]),
    labels: Int32Array.from([5, 3, 7, 2]),
  };
  const order = {
    sessionOf: Int32Array.from([1, 0, 2, 0]),
    userOf: Int32Array.from([0, 0, 1]),
    wholeOf: Int32Array.from([1, 0, 2]),
  };
  const prefixes = (length: number) => {
    const { items, offsets } = withWholeHistories(pairs, order, length);
    return Array.from(offsets.slice(1), (end, pair) => [...items.subarray(offsets[pair], end)]);
  };
  expect(prefixes(50)).toEqual([[1, 2, 3, 4], [1, 2], [6], [1]]);
  expect(prefixes(2)).toEqual([[3, 4], [1, 2], [6], [1]]);
  expect(prefixes(1)).toEqual([[4], [2], [6], [1]]);
});

it('is another training: what is learned from has other prefixes', async () => {
  const { train } = await makeSmallData({ users: 40, items: 12 });
  const given = { epochs: 1, epoch: 1, embedding_size: 3, hidden_size: 4, batch_size: 64 };
  const trained = async (history: string) =>
    await rowsOf(
      (await runKind(supervisedTrain, { with: { ...given, history }, inputs: { train } })).path('history'),
    );
  const [session, full] = await Promise.all([trained('session'), trained('full')]);
  expect(full).toHaveLength(session?.length ?? -1);
  expect(full[0]?.['loss']).not.toBe(session[0]?.['loss']);
});

it.skipIf(absent !== undefined)(
  'has the prefixes that pandas puts together, and the ranks of PyTorch’s GRU on them',
  async () => {
    const { test } = await makeSmallData({ users: 120, items: 30 });
    const shape = { items: 30, embedding: 4, hidden: 6 };
    const parameters = initialParameters(shape, 5);
    const model = join(temporaryFolder(), 'model.safetensors');
    writeFileSync(model, writeModel({ layout: gru.layout(shape), parameters }));
    const length = 9;
    const parametersGiven = { history: 'full', max_prefix_length: length };
    const run = await runKind(evalZeroShot, { with: parametersGiven, inputs: { model, episodes: test } });
    const rows = await rowsOf(run.path('ranks'));
    const weights = parameterLayout(shape).map(({ name, shape: [count = 1, width], offset, size }) => {
      const own = [...parameters.subarray(offset, offset + size)];
      const matrix = Array.from({ length: count }, (_, row) =>
        own.slice(row * (width ?? 1), (row + 1) * (width ?? 1)),
      );
      return [name, width === undefined ? own : matrix];
    });
    const asked = {
      pairs: await rowsOf(test.pairs),
      length,
      queries: rows.map((row) => row['pair_id']),
      weights: Object.fromEntries(weights),
    };
    const script = fileURLToPath(new URL('./full_history_with_torch.py', import.meta.url));
    const told = spawnSync(python, [script], { input: JSON.stringify(asked), encoding: 'utf8' });
    expect(told.status, told.stderr).toBe(0);
    const { prefixes, ranks } = JSON.parse(told.stdout) as { prefixes: number[][]; ranks: number[] };
    const { pairs } = await readPairs(test, { threads: 1, maxPrefixLength: length, history: 'full' });
    const own = Array.from(pairs.labels, (_, pair) => [
      ...pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1]),
    ]);
    expect(own).toEqual(prefixes);
    expect(new Set(prefixes.map((prefix) => prefix.length)).size).toBe(length);
    expect(ranks.length).toBeGreaterThan(50);
    expect(rows.map((row) => row['rank'])).toEqual(ranks);
  },
);
