import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/base/random.js';
import { metricsKind } from '../../../src/kinds/evaluate/metrics.js';
import { type EvaluatedSetting, type RankRow, writeRanks } from '../../../src/kinds/evaluate/write-ranks.js';
import { metricNames } from '../../../src/statistics/metrics.js';
import { rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';

const script = fileURLToPath(new URL('./intervals_again.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import numpy'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no numpy: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping the independent intervals: ${absent}`);

function ranked(users: readonly string[]): readonly RankRow[] {
  return users.flatMap((userId, episodeId) => {
    const random = randomStream(5, 'ranked', episodeId);
    return Array.from({ length: 2 + random.integer(9) }, (_, pair) => ({
      k: 5,
      steps: 0,
      episodeId,
      userId,
      pairId: 100 * episodeId + pair,
      label: 0,
      rank: 1 + random.integer(25),
    }));
  });
}

async function written(
  rows: readonly RankRow[],
  innerRate: number | null = null,
  settings: readonly EvaluatedSetting[] = [],
) {
  const ranks = join(temporaryFolder(), 'ranks');
  await writeRanks({ output: () => ranks, threads: 1 }, rows, innerRate, settings);
  const { path } = await runKind(metricsKind, { inputs: { ranks } });
  return { metrics: await rowsOf(path('metrics')), ranks: await rowsOf(ranks) };
}

describe('an evaluation’s metrics', () => {
  it.skipIf(absent !== undefined)(
    'and intervals are those that Python computes again from its ranks, to 1e-9',
    async () => {
      // Neither in order of id nor all of one byte a character.
      const { metrics, ranks } = await written(ranked(['b', 'a', 'é', 'Z', 'ｚ', '𝒶', ...'cdefghijklmnop']));
      const peer = spawnSync(python, [script], { encoding: 'utf8', input: JSON.stringify(ranks) });
      expect(peer.stderr).toBe('');
      const theirs = JSON.parse(peer.stdout) as { readonly [metric: string]: readonly number[] };
      expect(metrics.map(({ metric }) => metric)).toEqual([...metricNames].sort());
      for (const row of metrics) {
        for (const [index, name] of ['value', 'low', 'high'].entries()) {
          const expected = theirs[String(row['metric'])]?.[index] ?? Number.NaN;
          expect(Math.abs(Number(row[name]) - expected), `${row['metric']} ${name}`).toBeLessThan(1e-9);
        }
      }
    },
  );

  it('are the same whatever order the pairs came in', async () => {
    const rows = ranked(['a', 'b', 'c', 'd']);
    expect(await written(rows.toReversed())).toEqual(await written(rows));
  });

  it('have no interval where there is one user only', async () => {
    const { metrics } = await written(ranked(['a']));
    expect(metrics.map(({ low, high, users }) => [low, high, users])).toEqual(
      new Array(metricNames.length).fill([null, null, 1]),
    );
    expect(metrics.every(({ value }) => typeof value === 'number')).toBe(true);
  });

  it('are of every setting as of that setting alone, though the draws are shared', async () => {
    // Users that have other pairs at another k, as where some have too few support pairs.
    const settings = [
      [5, 0, ['a', 'b', 'c', 'd']],
      [5, 3, ['a', 'b', 'c', 'd']],
      [7, 3, ['b', 'c', 'd']],
    ] as const;
    const all = settings.map(([k, steps, users]) => ranked(users).map((row) => ({ ...row, k, steps })));
    const { metrics } = await written(all.flat(), 0.1);
    const alone = [];
    for (const rows of all) alone.push(...(await written(rows, 0.1)).metrics);
    expect(metrics).toEqual(alone);
    expect(new Set(metrics.map(({ steps, inner_lr }) => `${steps} ${inner_lr}`))).toEqual(
      new Set(['0 null', '3 0.1']),
    );
  });

  it('say of a setting at which no pair could be ranked that n is 0', async () => {
    const asked = [
      { k: 5, steps: 0 },
      { k: 9, steps: 0 },
      { k: 9, steps: 2 },
    ];
    const { metrics, ranks } = await written(ranked(['a', 'b']), 0.5, asked);
    expect(ranks.every(({ k }) => k === 5)).toBe(true);
    const empty = metrics.filter(({ k }) => k === 9);
    expect(empty.map(({ steps, inner_lr, metric }) => [steps, inner_lr, metric])).toEqual(
      [0, 2].flatMap((steps) =>
        [...metricNames].sort().map((metric) => [steps, steps === 0 ? null : 0.5, metric]),
      ),
    );
    expect(
      empty.every(({ value, low, n, users }) => value === null && low === null && n === 0 && users === 0),
    ).toBe(true);
  });
});
