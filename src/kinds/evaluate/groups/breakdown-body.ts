import { FailureError } from '../../../base/failure.js';
import { compare, estimate, type Measurement, measure } from '../../../statistics/compare.js';
import { metrics } from '../../../statistics/metrics.js';
import { type RankedSetting, readRankedSettings } from '../../../statistics/read-ranked-settings.js';
import { userSums } from '../../../statistics/user-sums.js';
import { badData } from '../../../tables/bad-data.js';
import { type Database, withDatabase } from '../../../tables/database.js';
import { breakdownColumns } from '../../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../../tables/parquet.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import type { BreakdownParameters } from './breakdown.js';
import { groupings, groupsOf, isWithin, type PairGroup } from './pair-groups.js';
import { type QueryPairs, readQueryPairs } from './read-query-pairs.js';

/** Writes the port `breakdown`: a row a model, setting, group and metric. */
export async function run(context: KindContext<BreakdownParameters>): Promise<void> {
  const { parameters } = context;
  await withDatabase(context, async (database) => {
    const pairs = await readQueryPairs(database, inputTree(context, 'train'), inputTree(context, 'episodes'));
    const models = await readModels(context, database, pairs);
    const baseline = baselineAmong(models, parameters);
    const groups = groupings.flatMap((grouping) =>
      groupsOf(grouping, parameters[grouping], pairs.values[grouping]),
    );
    const rows: BreakdownCells[] = [];
    for (const [index, group] of groups.entries()) {
      context.signal.throwIfAborted();
      // Group by group, as all models of one have the same draws of users.
      for (const row of rowsOf(group, models, baseline, pairs)) rows.push(row);
      context.progress({ done: index + 1, total: groups.length, unit: 'groups' });
    }
    await writeRowsParquet(database, {
      columns: breakdownColumns,
      rows,
      orderBy: ['place', 'grouped_by', 'at_least', 'metric'],
      path: context.output('breakdown'),
    });
  });
}

/** A model at one setting of its evaluation. */
interface RankedModel {
  readonly name: string;
  readonly setting: RankedSetting;
  /** Of each of its ranks, the row of the query pair. */
  readonly rows: readonly number[];
}

/** The models at their settings: the baseline, then the others by name, as the order of inputs is in no key. */
async function readModels(
  context: KindContext<BreakdownParameters>,
  database: Database,
  pairs: QueryPairs,
): Promise<readonly RankedModel[]> {
  const { baseline } = context.parameters;
  const names = Object.keys(context.inputs).filter((name) => !isData(name) && name !== baseline);
  const models: RankedModel[] = [];
  for (const name of [...(baseline === undefined ? [] : [baseline]), ...names.toSorted()]) {
    const path = filePath(inputTree(context, name), 'ranks');
    for (const model of await readModel(database, path, name, pairs)) models.push(model);
  }
  return models;
}

function isData(port: string): boolean {
  return port === 'train' || port === 'episodes';
}

/** The model that the others are compared with, which must have ranked the same query pairs. */
function baselineAmong(
  models: readonly RankedModel[],
  { baseline }: BreakdownParameters,
): RankedModel | undefined {
  if (baseline === undefined) return undefined;
  const model = only(models, baseline);
  for (const other of models) checkSamePairs(other, model);
  return model;
}

/** The settings of an evaluation that ranked something. */
async function readModel(
  database: Database,
  path: string,
  name: string,
  pairs: QueryPairs,
): Promise<readonly RankedModel[]> {
  const settings = await readRankedSettings(database, path, `ranks of ${name}`);
  const ranked = settings.filter(({ ranks }) => ranks.length > 0);
  if (ranked.length === 0) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${name} ranked nothing, so there is nothing to break down`,
      hint: 'its episodes have fewer support pairs than its k',
    });
  }
  return ranked.map((setting) => ({
    name,
    setting,
    rows: setting.users.map((user, index) => {
      const pairId = setting.pairIds[index] ?? Number.NaN;
      const row = pairs.rowOf.get(pairId);
      if (row !== undefined && pairs.users[row] === user) return row;
      throw badData(`ranks of ${name}`, `pair ${pairId} of user ${user} is no query pair of the episodes`, {
        hint: 'give the episodes that it was evaluated on, such as episodes: episodes.test',
      });
    }),
  }));
}

function only(models: readonly RankedModel[], baseline: string): RankedModel {
  const found = models.filter(({ name }) => name === baseline);
  const [model] = found;
  if (model !== undefined && found.length === 1) return model;
  throw new FailureError({
    reason: 'bad-data',
    message: `baseline ${baseline} has ${found.length} settings; a comparison wants one`,
    hint: 'evaluate it with one k and one step count',
  });
}

function checkSamePairs(model: RankedModel, baseline: RankedModel): void {
  const [own, theirs] = [model.rows, baseline.rows];
  if (own.length === theirs.length && own.every((row, index) => row === theirs[index])) return;
  throw new FailureError({
    reason: 'bad-data',
    message: `${model.name} and ${baseline.name} were not evaluated on the same query pairs: ${own.length} and ${theirs.length}`,
    hint: 'evaluate both on the same episodes, with the same max_episodes',
  });
}

function rowsOf(
  group: PairGroup,
  models: readonly RankedModel[],
  baseline: RankedModel | undefined,
  pairs: QueryPairs,
) {
  const bases = baseline === undefined ? undefined : measureWithin(group, baseline, pairs);
  return models.flatMap((model, place) => {
    const { name, setting } = model;
    const measured = model === baseline && bases !== undefined ? bases : measureWithin(group, model, pairs);
    const { grouping, atLeast, atMost } = group;
    return metrics.map((metric, index) => {
      const one = measured.values[index];
      const base = model === baseline ? undefined : bases?.values[index];
      return {
        place,
        model: name,
        k: setting.k,
        steps: setting.steps,
        inner_lr: setting.innerRate,
        grouped_by: grouping,
        group_name: group.name,
        at_least: atLeast,
        at_most: atMost,
        metric: metric.name,
        ...(one === undefined ? {} : valueCells(one)),
        n: measured.n,
        users: measured.users,
        ...(one === undefined || base === undefined ? {} : comparedCells(one, base, baseline?.name)),
      };
    });
  });
}

type BreakdownCells = ReturnType<typeof rowsOf>[number];

/** A model's metrics over the query pairs of a group, in the order of their table; none where there is no pair. */
interface MeasuredGroup {
  readonly values: readonly Measurement[];
  readonly n: number;
  readonly users: number;
}

function measureWithin(group: PairGroup, { setting, rows }: RankedModel, pairs: QueryPairs): MeasuredGroup {
  const values = pairs.values[group.grouping];
  const within = [...rows.keys()].filter((index) => isWithin(group, values[rows[index] ?? 0] ?? 0));
  if (within.length === 0) return { values: [], n: 0, users: 0 };
  const { sums, counts } = userSums(
    {
      // Both have a cell for each rank.
      users: within.map((index) => setting.users[index]!),
      ranks: within.map((index) => setting.ranks[index]!),
    },
    metrics,
  );
  return { values: measure(sums, counts), n: within.length, users: counts.length };
}

function valueCells(measured: Measurement) {
  const { value, low, high } = estimate([measured]);
  return { value, low, high };
}

function comparedCells(measured: Measurement, base: Measurement, baseline: string | undefined) {
  const { difference, distinguishable } = compare([measured], [base]);
  return {
    baseline,
    difference: difference.value,
    difference_low: difference.low,
    difference_high: difference.high,
    distinguishable,
  };
}
