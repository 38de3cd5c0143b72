import type { MetricRow } from '../artifacts/metric-table.js';
import type { JsonObject } from '../base/json.js';
import { own } from '../base/own-properties.js';
import type { Role } from '../base/role.js';
import { type Comparison, compare, measure } from '../statistics/compare.js';
import { compareUnpaired } from '../statistics/compare-unpaired.js';
import { metrics } from '../statistics/metrics.js';
import { userSums } from '../statistics/user-sums.js';
import { withDatabase } from '../tables/database.js';
import { type MatchedSetting, matchSettings } from './match-settings.js';
import { onlyNamed, type RankedPairs, readRankedPairs, settingName } from './ranked-pairs.js';

type Ends = readonly [low: number, high: number];

/** A metric as one of two runs has it. */
export interface MetricSide {
  readonly k: number | null;
  readonly steps: number | null;
  readonly inner_lr: number | null;
  readonly value: number;
  readonly interval: Ends | null;
  readonly n: number | null;
  readonly users: number | null;
}

/** A metric that differs between two runs. */
export interface MetricDifference {
  readonly node: string;
  /** What else tells it from others of its node, such as the fold that a program measured. */
  readonly settings: JsonObject;
  readonly role: Role | string | null;
  readonly metric: string;
  readonly before: MetricSide;
  readonly after: MetricSide;
  /** After minus before, over the pairs that were compared. */
  readonly difference: number;
  /** 95 %, by bootstrap over users; null where it could not be computed. */
  readonly interval: Ends | null;
  /**
   * `paired`: on all query pairs, which are the same in both; `shared`: on those that both have, at least half;
   * `unpaired`: the runs ranked other pairs; null where there are no ranks.
   */
  readonly comparison: 'paired' | 'shared' | 'unpaired' | null;
  /** Query pairs compared, and of how many users; null where the two are not over the same. */
  readonly n: number | null;
  readonly users: number | null;
  /** Whether the interval leaves 0 out; null without one. */
  readonly distinguishable: 'yes' | 'no' | null;
}

/** The settings at which a node was evaluated; of further ones those that tell it from others of its node. */
export type SettingOf = Pick<MetricRow, 'node' | 'role' | 'k' | 'steps' | 'inner_lr' | 'settings'>;

export interface MetricComparison {
  /** In the order of the later run. */
  readonly differing: readonly MetricDifference[];
  /** How many metrics are the same in both. */
  readonly same: number;
  readonly only_before: readonly SettingOf[];
  readonly only_after: readonly SettingOf[];
}

/** The metrics of a run, and where its table of ranks is (verified by the caller); undefined where there is none. */
export interface MeasuredRun {
  readonly metrics: readonly MetricRow[];
  readonly ranks: string | undefined;
}

/** What differs between the metrics of two runs, and whether each difference can be told from none. */
export async function compareMetrics(before: MeasuredRun, after: MeasuredRun): Promise<MetricComparison> {
  const { both, onlyBefore, onlyAfter, settingsOf } = matchSettings(before.metrics, after.metrics);
  const changed = both.filter((setting) => differingNames(setting).length > 0);
  const shared = both.flatMap((setting) =>
    Object.keys(setting.after.values).filter((name) => Object.hasOwn(setting.before.values, name)),
  );
  const rank = await rankedPairsOf(before, after, changed);
  const differing = changed.flatMap((setting) =>
    differencesOf(setting, rank).map((one) => ({ ...one, settings: settingsOf(setting.after) })),
  );
  const settingOf = (row: MetricRow): SettingOf => {
    const { node, role, k, steps, inner_lr } = row;
    return { node, role, k, steps, inner_lr, settings: settingsOf(row) };
  };
  return {
    differing,
    same: shared.length - differing.length,
    only_before: onlyBefore.map(settingOf),
    only_after: onlyAfter.map(settingOf),
  };
}

/** The metrics of a setting that both runs have and that differ. */
function differingNames({ before, after }: MatchedSetting): readonly string[] {
  return Object.keys(after.values).filter(
    (name) => Object.hasOwn(before.values, name) && before.values[name] !== after.values[name],
  );
}

interface RankedSides {
  readonly before: ReadonlyMap<string, RankedPairs>;
  readonly after: ReadonlyMap<string, RankedPairs>;
}

async function rankedPairsOf(
  before: MeasuredRun,
  after: MeasuredRun,
  changed: readonly MatchedSetting[],
): Promise<RankedSides> {
  const nodes = new Set(changed.map((setting) => setting.after.node));
  const [one, other] = [before.ranks, after.ranks];
  if (nodes.size === 0 || one === undefined || other === undefined) {
    return { before: new Map(), after: new Map() };
  }
  return await withDatabase({ threads: 2 }, async (database) => ({
    before: await readRankedPairs(database, one, nodes),
    after: await readRankedPairs(database, other, nodes),
  }));
}

function differencesOf(
  setting: MatchedSetting,
  ranked: RankedSides,
): readonly Omit<MetricDifference, 'settings'>[] {
  const { before, after } = setting;
  const names = differingNames(setting);
  const compared = compareSetting(
    ranked.before.get(settingName(before)),
    ranked.after.get(settingName(after)),
  );
  return names.map((metric): Omit<MetricDifference, 'settings'> => {
    const sides = { before: sideOf(before, metric), after: sideOf(after, metric) };
    const own = compared?.metrics.get(metric);
    const common = { node: after.node, role: after.role, metric, ...sides };
    if (compared === undefined || own === undefined) {
      return {
        ...common,
        difference: sides.after.value - sides.before.value,
        interval: null,
        comparison: null,
        n: null,
        users: null,
        distinguishable: null,
      };
    }
    const { value, low, high } = own.difference;
    return {
      ...common,
      difference: value,
      interval: low === null || high === null ? null : [low, high],
      comparison: compared.comparison,
      n: compared.n,
      users: compared.users,
      distinguishable: own.distinguishable,
    };
  });
}

function sideOf(row: MetricRow, metric: string): MetricSide {
  const { k, steps, inner_lr, n, users } = row;
  // Only metrics that both have are asked for.
  return {
    k,
    steps,
    inner_lr,
    value: own(row.values, metric)!,
    interval: own(row.intervals, metric) ?? null,
    n,
    users,
  };
}

interface ComparedSetting {
  readonly comparison: 'paired' | 'shared' | 'unpaired';
  readonly n: number | null;
  readonly users: number | null;
  readonly metrics: ReadonlyMap<string, Comparison>;
}

function compareSetting(
  before: RankedPairs | undefined,
  after: RankedPairs | undefined,
): ComparedSetting | undefined {
  if (before === undefined || after === undefined) return undefined;
  const known = new Set(before.names);
  const shared = new Set(after.names.filter((name) => known.has(name)));
  const isWhole = shared.size === before.names.length && shared.size === after.names.length;
  // Ids of pairs and episodes are counted from 0 in any data, so a few meet by chance in data that has nothing in common.
  if (isWhole || shared.size * 2 >= Math.min(before.names.length, after.names.length)) {
    return comparePaired(onlyNamed(before, shared), onlyNamed(after, shared), isWhole ? 'paired' : 'shared');
  }
  const [one, other] = [measured(before), measured(after)];
  return {
    comparison: 'unpaired',
    n: null,
    users: null,
    metrics: comparisons((index) => compareUnpaired(other[index]!, one[index]!)),
  };
}

function comparePaired(
  before: RankedPairs,
  after: RankedPairs,
  comparison: 'paired' | 'shared',
): ComparedSetting {
  const [one, other] = [userSums(before, metrics), userSums(after, metrics)];
  // Measured together, so that both see the same draws and these are drawn once.
  const together = measure([...one.sums, ...other.sums], one.counts);
  return {
    comparison,
    n: after.names.length,
    users: one.counts.length,
    metrics: comparisons((index) => compare([together[index + metrics.length]!], [together[index]!])),
  };
}

function measured(pairs: RankedPairs) {
  const { counts, sums } = userSums(pairs, metrics);
  return measure(sums, counts);
}

/** @param comparisonOf of the metric at that place of the table; measurements have all of them */
function comparisons(comparisonOf: (index: number) => Comparison): ReadonlyMap<string, Comparison> {
  return new Map(metrics.map(({ name }, index) => [name, comparisonOf(index)]));
}
