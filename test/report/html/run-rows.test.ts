import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readRunRows } from '../../../src/report/html/run-rows.js';
import { sqlText, withDatabase } from '../../../src/tables/database.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the drift of every node is there at its greatest K and most steps, however many episodes others have', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    // An earlier node whose episodes alone are more than a histogram takes, at each of two settings.
    await database.run(`COPY (
      SELECT 'a' AS node, 'r' AS run, 'a' AS step, 'test' AS role, 5 AS k, s AS steps, e AS episode_id, 'w' AS tensor,
             2.0 AS norm_before, 2.0 AS norm_after, 1.0 AS norm_of_change
      FROM range(1, 3) steps(s), range(100001) episodes(e)
      UNION ALL
      SELECT 'b', 'r', 'b', 'test', k, s, e, 'w', 2.0, 2.0, 0.5
      FROM (VALUES (1, 9), (5, 1), (5, 3)) settings(k, s), range(2) episodes(e)
    ) TO ${sqlText(join(folder, 'drift.parquet'))} (FORMAT parquet)`);
  });
  const { drift } = await readRunRows(folder, []);
  const of = (node: string) => drift.filter((row) => row.node === node);
  expect([of('a').length, new Set(of('a').map(({ steps }) => steps))]).toEqual([100_000, new Set([2])]);
  expect(
    of('b').map(({ k, steps, episode_id, relative_change }) => [k, steps, episode_id, relative_change]),
  ).toEqual([
    [5, 3, 0, 0.25],
    [5, 3, 1, 0.25],
  ]);
});
