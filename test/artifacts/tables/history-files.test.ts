import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FinishedNode } from '../../../src/artifacts/finished-run.js';
import { withStepsOnce } from '../../../src/artifacts/tables/history-files.js';
import { withDatabase } from '../../../src/tables/database.js';
import { numberedSteps } from '../../../src/tables/numbered-steps.js';
import { parquetFile, writeParquet } from '../../../src/tables/parquet.js';
import { temporaryFolder } from '../../support/run-kind.js';

/** A segment of a program, as far as its curve depends on it. */
function segment(id: string, before?: string): Pick<FinishedNode, 'node'> {
  const inputs = before && { state: { type: 'file', leaf: { node: before, path: 'state' } } };
  const node = { id, declarations: 'params', ...(inputs && { carriedAt: 'state', inputs }) };
  return { node: node as unknown as FinishedNode['node'] };
}

it('segments that write their whole history have each step in one of them, other nodes all of theirs', async () => {
  const folder = temporaryFolder();
  const rows: { [file: string]: string } = {
    'a@2': '(1, 0.5), (2, 0.4)',
    'a@4': '(1, 0.5), (2, 0.4), (3, 0.3), (4, 0.2)',
    // It tells of step 4 otherwise.
    'a@6': '(4, 0.1), (5, 0.0)',
    'b@2': '(1, 0.5), (2, 0.4)',
    // It counts from 1 in each segment.
    'd@2': '(1, 0.5), (2, 0.4)',
    'd@4': '(1, 0.3), (2, 0.2)',
    'd@5': '(1, 0.1)',
    // Kshot has numbered its steps, but for those of the first of f.
    'e@2': '(1, 0.5), (2, 0.4)',
    'e@4': '(1, 0.5), (2, 0.4)',
    'e@5': '(1, 0.1)',
    'f@2': '(2, 0.5), (4, 0.4)',
    'f@4': '(1, 0.3)',
    'c=[1]': '(1, 0.5), (2, 0.4)',
  };
  await withDatabase({ threads: 1 }, async (database) => {
    const files = Object.keys(rows).map((id) => ({
      node: `${id}/curve`,
      shownAs: id,
      output: 'history',
      path: join(folder, `${id}.parquet`),
    }));
    for (const { shownAs, path } of files) {
      const query = `FROM (VALUES ${rows[shownAs]}) AS t (iteration, curve)`;
      const metadata = /^e|f@4/.test(shownAs) ? numberedSteps : {};
      await writeParquet(database, { query, orderBy: ['iteration'], path, metadata });
    }
    const nodes = [
      segment('a@2'),
      segment('a@4', 'a@2'),
      segment('a@6', 'a@4'),
      segment('b@2'),
      segment('c=[1]'),
      segment('d@2'),
      segment('d@4', 'd@2'),
      segment('d@5', 'd@4'),
      segment('e@2'),
      segment('e@4', 'e@2'),
      segment('e@5', 'e@4'),
      segment('f@2'),
      segment('f@4', 'f@2'),
    ];
    const once = await withStepsOnce(database, nodes, files, folder);
    const told = await Promise.all(
      once.files.map(async ({ shownAs, path }) => [
        shownAs,
        (await database.rows(`FROM ${parquetFile(path)}`)).map((row) => Number(row['iteration'])),
      ]),
    );
    expect(Object.fromEntries(told)).toEqual({
      'a@2': [1, 2],
      'a@4': [3],
      'a@6': [4, 5],
      'b@2': [1, 2],
      'c=[1]': [1, 2],
      'd@2': [],
      'd@4': [2],
      'd@5': [1],
      'e@2': [1, 2],
      'e@4': [3, 4],
      'e@5': [5],
      'f@2': [2, 4],
      'f@4': [5],
    });
    expect(once.restarted).toEqual(['d@4', 'd@5']);
    expect([once.made.length, once.made.every((path) => existsSync(path))]).toEqual([11, true]);
    const isAlone = (name: string) => /^[bc]/.test(name);
    const alone = await withStepsOnce(
      database,
      nodes.filter(({ node }) => isAlone(node.id)),
      files.filter(({ shownAs }) => isAlone(shownAs)),
      folder,
    );
    expect([alone.made, alone.restarted]).toEqual([[], []]);
  });
});
