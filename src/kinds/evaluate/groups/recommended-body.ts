import { FailureError } from '../../../base/failure.js';
import { readPairs } from '../../../data/read-pairs.js';
import { estimate, measure } from '../../../statistics/compare.js';
import { spreadOf } from '../../../statistics/spread-of-items.js';
import { userSums } from '../../../statistics/user-sums.js';
import { badData } from '../../../tables/bad-data.js';
import { type Database, withDatabase } from '../../../tables/database.js';
import { recommendedColumns } from '../../../tables/evaluation-columns.js';
import { parquetFile, writeRowsParquet } from '../../../tables/parquet.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import type { RecommendedParameters } from './recommended.js';

/** Writes the port `recommended`: a row a model, setting and metric, models by name. */
export async function run(context: KindContext<RecommendedParameters>): Promise<void> {
  const { within } = context.parameters;
  const train = inputTree(context, 'train');
  const { itemCount, pairs } = await readPairs(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    { threads: context.threads, maxPrefixLength: 1 },
  );
  const popularity = new Float64Array(itemCount);
  // Labels are below the count of items.
  for (const label of pairs.labels) popularity[label]! += 1;
  await withDatabase(context, async (database) => {
    const names = Object.keys(context.inputs).filter((name) => name !== 'train');
    const rows: ReturnType<typeof rowsOf> = [];
    for (const name of names.toSorted()) {
      const lists = await readLists(database, filePath(inputTree(context, name), 'top'), name, within);
      checkItems(name, lists, itemCount);
      for (const list of lists) for (const row of rowsOf(name, list, within, popularity)) rows.push(row);
    }
    await writeRowsParquet(database, {
      columns: recommendedColumns,
      rows,
      orderBy: ['model', 'k', 'steps', 'inner_lr', 'metric'],
      path: context.output('recommended'),
    });
  });
}

/** The lists of a model at one setting, one after another. */
interface Lists {
  readonly k: number;
  readonly steps: number;
  readonly innerRate: number | null;
  /** Of each place in them. */
  readonly users: readonly string[];
  readonly items: Int32Array;
  /** How many lists there are. */
  readonly pairs: number;
}

async function readLists(
  database: Database,
  path: string,
  name: string,
  within: number,
): Promise<readonly Lists[]> {
  const { k, steps, inner_lr, user_id, item } = await database.columns(
    `SELECT k, steps, coalesce(inner_lr, 'NaN')::DOUBLE AS inner_lr, user_id, item
     FROM ${parquetFile(path)} WHERE position <= $within
     ORDER BY k, steps, inner_lr, episode_id, pair_id, position`,
    { within },
  );
  // As the columns are written.
  const [sizes, counts, items] = [k, steps, item] as [Int32Array, Int32Array, Int32Array];
  const [rates, users] = [inner_lr as Float64Array, user_id as readonly string[]];
  const [longest] = await database.rows(`SELECT max(position) AS longest FROM ${parquetFile(path)}`);
  if (longest?.['longest'] === null || longest === undefined) {
    throw new FailureError({ reason: 'bad-data', message: `${name} lists nothing` });
  }
  const width = Number(longest['longest']);
  if (width < within) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${name} lists ${width} items, and within is ${within}`,
      hint: `evaluate it with top_items: ${within}, or say within: ${width} here`,
    });
  }
  const isSame = (row: number, other: number) =>
    sizes[row] === sizes[other] && counts[row] === counts[other] && Object.is(rates[row], rates[other]);
  const lists: Lists[] = [];
  for (let from = 0, to = 0; from < items.length; from = to) {
    while (to < items.length && isSame(to, from)) to += 1;
    const rate = rates[from] ?? Number.NaN;
    lists.push({
      k: sizes[from] ?? 0,
      steps: counts[from] ?? 0,
      innerRate: Number.isNaN(rate) ? null : rate,
      users: users.slice(from, to),
      items: items.subarray(from, to),
      pairs: (to - from) / within,
    });
  }
  return lists;
}

function checkItems(name: string, lists: readonly Lists[], itemCount: number): void {
  if (lists.every(({ items }) => items.every((item) => item < itemCount))) return;
  throw badData(`items of ${name}`, `some are beyond the ${itemCount} items of the training data`, {
    hint: 'give the train that it was evaluated with, such as train: episodes.train',
  });
}

function rowsOf(model: string, lists: Lists, within: number, popularity: Float64Array) {
  const { k, steps, innerRate, users, items, pairs } = lists;
  const { coverage, gini } = spreadOf(items, popularity.length);
  const { sums, counts } = userSums({ users, ranks: items }, [
    { gain: (item) => popularity[item] ?? Number.NaN },
  ]);
  const popular = estimate(measure(sums, counts));
  const setting = { model, k, steps, inner_lr: innerRate };
  const size = { pairs, users: counts.length };
  return [
    { ...setting, metric: `coverage@${within}`, value: coverage, ...size },
    { ...setting, metric: `gini@${within}`, value: gini, ...size },
    {
      ...setting,
      metric: `mean_popularity@${within}`,
      value: popular.value,
      low: popular.low,
      high: popular.high,
      ...size,
    },
  ];
}
