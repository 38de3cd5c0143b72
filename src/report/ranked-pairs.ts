import type { MetricRow } from '../artifacts/metric-table.js';
import { type Database, sqlText } from '../tables/database.js';
import { parquetFile } from '../tables/parquet.js';

/** The query pairs of one setting with their ranks, users in order of their ids. */
export interface RankedPairs {
  /** Names each pair in its episode, label included: equal names are the same question. */
  readonly names: readonly string[];
  readonly users: readonly string[];
  readonly ranks: Int32Array;
}

/** A setting's name among those of a run. */
export function settingName({
  node,
  k,
  steps,
  inner_lr,
}: Pick<MetricRow, 'node' | 'k' | 'steps' | 'inner_lr'>): string {
  return JSON.stringify([node, k, steps, inner_lr]);
}

/** The ranks of nodes in a run's table `ranks`, by `settingName`. */
export async function readRankedPairs(
  database: Database,
  path: string,
  nodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, RankedPairs>> {
  const table = await database.columns(
    `SELECT node, coalesce(k, -1)::INTEGER AS k, coalesce(steps, -1)::INTEGER AS steps, coalesce(inner_lr, 'NaN')::DOUBLE AS inner_lr,
            user_id::VARCHAR AS user_id, rank::INTEGER AS rank,
            concat_ws(' ', episode_id, pair_id, label, user_id) AS name
     FROM ${parquetFile(path)}
     WHERE node IN (${[...nodes].map(sqlText).join(', ')})
     ORDER BY node, k, steps, inner_lr, user_id, episode_id, pair_id`,
  );
  // The casts of the query say which column is what.
  const [node, users, names] = ['node', 'user_id', 'name'].map((name) => table[name] as readonly string[]);
  const [k, steps, ranks] = ['k', 'steps', 'rank'].map((name) => table[name] as Int32Array);
  const rates = table['inner_lr'] as Float64Array;
  const found = new Map<string, RankedPairs>();
  const nameAt = (row: number) => {
    const rate = rates[row] ?? Number.NaN;
    return settingName({
      node: node?.[row] ?? '',
      k: knownOf(k?.[row]),
      steps: knownOf(steps?.[row]),
      inner_lr: Number.isNaN(rate) ? null : rate,
    });
  };
  for (let from = 0, to = 0; from < rates.length; from = to) {
    const name = nameAt(from);
    while (to < rates.length && nameAt(to) === name) to += 1;
    found.set(name, {
      names: names?.slice(from, to) ?? [],
      users: users?.slice(from, to) ?? [],
      ranks: ranks?.slice(from, to) ?? new Int32Array(),
    });
  }
  return found;
}

/** Ranks that a program made tell neither. */
function knownOf(value: number | undefined): number | null {
  return value === undefined || value < 0 ? null : value;
}

/** Those of the pairs whose names are among these, in their order. */
export function onlyNamed({ names, users, ranks }: RankedPairs, wanted: ReadonlySet<string>): RankedPairs {
  const rows = [...names.keys()].filter((row) => wanted.has(names[row] ?? ''));
  return {
    names: rows.map((row) => names[row] ?? ''),
    users: rows.map((row) => users[row] ?? ''),
    ranks: Int32Array.from(rows, (row) => ranks[row] ?? 0),
  };
}
