import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/base/random.js';
import { type RankRow, writeEvaluation } from '../../../src/kinds/evaluate/write-evaluation.js';
import { rowsOf, temporaryFolder } from '../../support/run-kind.js';

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

async function written(rows: readonly RankRow[]) {
  const folder = temporaryFolder();
  await writeEvaluation({ output: (path) => join(folder, path), threads: 1 }, rows, null);
  return { metrics: await rowsOf(join(folder, 'metrics')), ranks: await rowsOf(join(folder, 'ranks')) };
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
      expect(metrics).toHaveLength(5);
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
      new Array(5).fill([null, null, 1]),
    );
    expect(metrics.every(({ value }) => typeof value === 'number')).toBe(true);
  });
});
