import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '../../src/base/random.js';
import { withDatabase } from '../../src/tables/database.js';
import { type CellInput, writeRowsParquet } from '../../src/tables/parquet.js';

/** Paths of a split's three files, as an input of a kind. */
export interface SplitFiles {
  readonly [port: string]: string;
  readonly pairs: string;
  readonly episodes: string;
  readonly items: string;
}

/**
 * Writes a small split below `folder`: users with one episode or two, `k` support and `q` query pairs each, whose
 * sessions walk around the items in the user's own stride, so that there is something to adapt to.
 */
export async function writeSmallSplit(
  folder: string,
  { users, items, k = 3, q = 4 }: { users: number; items: number; k?: number; q?: number },
): Promise<SplitFiles> {
  const pairs: { readonly [column: string]: CellInput }[] = [];
  const episodes: { readonly [column: string]: CellInput }[] = [];
  for (let user = 0; user < users; user++) {
    const random = randomStream(1, 'small-split', user);
    const stride = 1 + random.integer(3);
    const user_id = `user-${user}`;
    const first = pairs.length;
    while (pairs.length < first + k + q + (user % 2)) {
      const start = random.integer(items);
      const visited = Array.from({ length: 2 + random.integer(3) }, (_, i) => (start + i * stride) % items);
      for (let end = 1; end < visited.length; end++) {
        const id = pairs.length;
        pairs.push({
          pair_id: id,
          user_id,
          session_id: `${user_id}-${start}`,
          prefix: visited.slice(0, end),
          label: visited[end] ?? 0,
          label_ts_epoch: 1_000_000 + id,
          prefix_len: end,
        });
      }
    }
    for (let window = 0; window <= user % 2; window++) {
      const ids = Array.from({ length: k + q }, (_, i) => first + window + i);
      episodes.push({
        episode_id: episodes.length,
        user_id,
        support_pair_ids: ids.slice(0, k),
        query_pair_ids: ids.slice(k),
      });
    }
  }
  const files = {
    pairs: join(folder, 'pairs.parquet'),
    episodes: join(folder, 'episodes.parquet'),
    items: join(folder, 'items.json'),
  };
  await withDatabase({ threads: 1 }, async (database) => {
    await writeRowsParquet(database, {
      columns: {
        pair_id: 'BIGINT',
        user_id: 'VARCHAR',
        session_id: 'VARCHAR',
        prefix: 'INTEGER[]',
        label: 'INTEGER',
        label_ts_epoch: 'DOUBLE',
        prefix_len: 'INTEGER',
      },
      rows: pairs,
      orderBy: ['pair_id'],
      path: files.pairs,
    });
    await writeRowsParquet(database, {
      columns: {
        episode_id: 'BIGINT',
        user_id: 'VARCHAR',
        support_pair_ids: 'BIGINT[]',
        query_pair_ids: 'BIGINT[]',
      },
      rows: episodes,
      orderBy: ['episode_id'],
      path: files.episodes,
    });
  });
  const names = Array.from({ length: items }, (_, id) => [`item-${id}`, id]);
  writeFileSync(files.items, JSON.stringify(Object.fromEntries(names)));
  return files;
}
