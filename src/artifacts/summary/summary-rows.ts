import { formatCount } from '../../base/quantities.js';
import { fewestUsers } from '../../statistics/enough-users.js';
import { endsOf, numberOrNull, textOrNull } from '../../tables/cell-values.js';
import type { Row } from '../../tables/database.js';
import { estimateText } from '../metric-table.js';

/** Ends of a 95 % interval. */
export type Ends = readonly [low: number, high: number];

/** By how much a metric of a model is above another's on the same query pairs. */
export interface Difference {
  readonly difference: number;
  readonly difference_interval: Ends | null;
  /** What the intervals are over: `users` or `seeds`. */
  readonly over: string;
  /** Of how many of these both have a number; absent in runs of earlier versions of kshot. */
  readonly units?: number;
  /** Null without an interval. */
  readonly distinguishable: string | null;
}

/** `the same in all 3 seeds`, of a difference that says nothing of chance because it is; undefined of others. */
export function alikeText({
  difference,
  difference_interval,
  over,
  units = 1,
}: Difference): string | undefined {
  const isAlike = difference !== 0 && difference_interval === null && units > 1;
  return isAlike ? `the same in all ${formatCount(units, over.replace(/s$/, ''))}` : undefined;
}

/** Why nobody can say whether a difference is one, where that is known: `the same in all 3 seeds`, `over 7 users only`. */
export function undecidedText(difference: Difference): string | undefined {
  const { difference_interval: ends, over, units = fewestUsers } = difference;
  if (over === 'users' && ends !== null && units < fewestUsers)
    return `over ${formatCount(units, 'user')} only`;
  return alikeText(difference);
}

/** A metric of a model against another's, in percent of that one's too. */
export interface ComparedMetric extends Difference {
  /** Null where the other's value is 0. */
  readonly improvement_percent: number | null;
  readonly improvement_interval: Ends | null;
}

/** A metric of a model. */
export interface SummarisedMetric {
  /** Over the units that have a number; null where none has. */
  readonly value: number | null;
  readonly interval: Ends | null;
  /** Over how many of the units it is, where that is not all. */
  readonly of?: readonly [units: number, all: number];
  /** By the label of what it is compared with: the baseline, zero-shot. */
  readonly against: { readonly [label: string]: ComparedMetric };
  /** Which of two values is the better one; null where that is not known, and the highest counts as the best. */
  readonly better?: 'higher' | 'lower' | null;
  /** The label of the best model in the metric; absent of that one itself, and in runs of earlier versions of kshot. */
  readonly leader?: string;
  /** Against the leader; absent where they were measured on something else. */
  readonly beside_leader?: Difference;
}

/** One model of a step of kind `summary`, at one setting. */
export interface SummaryRow {
  readonly node: string;
  readonly role: string | null;
  readonly model: string;
  /** Null where seeds differ in it, as are `steps`, `inner_lr`, `n` and `users`. */
  readonly k: number | null;
  readonly steps: number | null;
  readonly inner_lr: number | null;
  /** What the intervals of the values are over, `users`, `seeds` or `folds`, and how many there are. */
  readonly unit: string;
  readonly units: number;
  /** Query pairs, of each seed. */
  readonly n: number | null;
  readonly users: number | null;
  /** Label of the baseline; null in its own row. */
  readonly baseline: string | null;
  /** How many settings and checkpoints it was chosen from; absent where nothing was chosen, and in older runs. */
  readonly tuned_over?: number;
  /** By how many users, where that is known: the fewest of its choices. */
  readonly tuned_users?: number;
  readonly metrics: { readonly [metric: string]: SummarisedMetric };
}

/** The rows of table `summary` with all metrics of a model in one row, in the order of the nodes given. */
export function summaryRows(rows: readonly Row[], nodes: readonly string[]): readonly SummaryRow[] {
  const position = new Map(nodes.map((node, index) => [node, index]));
  const placed = new Map<
    string,
    { row: SummaryRow & { metrics: Record<string, SummarisedMetric> }; place: number }
  >();
  for (const cells of rows) {
    const name = JSON.stringify([cells['node'], cells['place']]);
    let found = placed.get(name);
    if (found === undefined) {
      found = { row: { ...modelOf(cells), metrics: {} }, place: Number(cells['place']) };
      placed.set(name, found);
    }
    const compared = ['', 'zero_shot_'].flatMap((prefix) => {
      const label = cells[prefix === '' ? 'baseline' : 'zero_shot'];
      const comparison = comparedMetric(cells, prefix);
      return typeof label === 'string' && comparison !== undefined ? [[label, comparison] as const] : [];
    });
    found.row.metrics[String(cells['metric'])] = {
      value: numberOrNull(cells['value']),
      interval: endsOf(cells['low'], cells['high']),
      ...shortOf(cells),
      against: Object.fromEntries(compared),
      ...besideLeader(cells),
    };
  }
  return [...placed.values()]
    .sort(
      (one, other) =>
        (position.get(one.row.node) ?? 0) - (position.get(other.row.node) ?? 0) || one.place - other.place,
    )
    .map(({ row }) => row);
}

function shortOf(cells: Row): Pick<SummarisedMetric, 'of'> {
  const [units, all] = [numberOrNull(cells['units']), numberOrNull(cells['all_units'])];
  return units === null || all === null || units === all ? {} : { of: [units, all] };
}

/** `0.7200 [0.703, 0.737] (2 of 3)`: a metric, and over how much of its units it is where that is not all. */
export function summarisedText(metric: SummarisedMetric | undefined): string | null {
  if (metric?.of === undefined) return estimateText(metric?.value, metric?.interval, 4);
  return `${estimateText(metric.value, metric.interval, 4) ?? '-'} (${metric.of.join(' of ')})`;
}

/** The model at its setting that a row of a table is about. */
export function settingOf(
  cells: Row,
): Pick<SummaryRow, 'node' | 'role' | 'model' | 'k' | 'steps' | 'inner_lr' | 'baseline'> {
  return {
    node: String(cells['node']),
    role: textOrNull(cells['role']),
    model: String(cells['model']),
    k: numberOrNull(cells['k']),
    steps: numberOrNull(cells['steps']),
    inner_lr: numberOrNull(cells['inner_lr']),
    baseline: textOrNull(cells['baseline']),
  };
}

function modelOf(cells: Row): Omit<SummaryRow, 'metrics'> {
  return {
    ...settingOf(cells),
    unit: String(cells['unit']),
    units: Number(cells['all_units'] ?? cells['units']),
    n: numberOrNull(cells['n']),
    users: numberOrNull(cells['users']),
    ...tuningOf(cells),
  };
}

function tuningOf(cells: Row): Pick<SummaryRow, 'tuned_over' | 'tuned_users'> {
  const [over, users] = [numberOrNull(cells['tuned_over']), numberOrNull(cells['tuned_users'])];
  if (over === null || over === 0) return {};
  return { tuned_over: over, ...(users === null ? {} : { tuned_users: users }) };
}

/** `25 on 170 users`: what a model was chosen from, and by how many users; null of one that was not tuned. */
export function tuningText({ tuned_over: over, tuned_users: users }: SummaryRow): string | null {
  if (over === undefined) return null;
  return users === undefined ? String(over) : `${over} on ${formatCount(users, 'user')}`;
}

function comparedMetric(cells: Row, prefix: string): ComparedMetric | undefined {
  const compared = differenceOf(cells, prefix);
  if (compared === undefined) return undefined;
  return {
    ...compared,
    improvement_percent: numberOrNull(cells[`${prefix}improvement_percent`]),
    improvement_interval: endsOf(cells[`${prefix}improvement_low`], cells[`${prefix}improvement_high`]),
  };
}

function differenceOf(cells: Row, prefix: string): Difference | undefined {
  const difference = numberOrNull(cells[`${prefix}difference`]);
  if (difference === null) return undefined;
  const units = numberOrNull(cells[`${prefix}compared_units`]);
  return {
    difference,
    difference_interval: endsOf(cells[`${prefix}difference_low`], cells[`${prefix}difference_high`]),
    over: String(cells[`${prefix}compared_over`]),
    ...(units === null ? {} : { units }),
    distinguishable: textOrNull(cells[`${prefix}distinguishable`]),
  };
}

function besideLeader(cells: Row): Pick<SummarisedMetric, 'better' | 'leader' | 'beside_leader'> {
  const { better, leader } = cells;
  const difference = differenceOf(cells, 'leader_');
  return {
    ...(better === undefined ? {} : { better: better === 'higher' || better === 'lower' ? better : null }),
    ...(typeof leader === 'string' ? { leader } : {}),
    ...(difference === undefined ? {} : { beside_leader: difference }),
  };
}

/** The rows of a step of kind `summary`. */
export interface SummaryNode {
  readonly node: string;
  readonly rows: readonly SummaryRow[];
  /** Whether it goes through several settings of a model. */
  readonly isSweep: boolean;
}

/** The rows of each summary. */
export function summaryNodes(summaries: readonly SummaryRow[]): readonly SummaryNode[] {
  return [...new Set(summaries.map(({ node }) => node))].map((node) => {
    const rows = summaries.filter((row) => row.node === node);
    return { node, rows, isSweep: new Set(rows.map(({ model }) => model)).size < rows.length };
  });
}

/** A model as sentences name it: with its settings, where it was evaluated at some. */
export function modelAtSetting({ model, k, steps }: Pick<SummaryRow, 'model' | 'k' | 'steps'>): string {
  const settings = [
    ...(k === null ? [] : [`K = ${k}`]),
    ...(steps === null || steps === 0 ? [] : [formatCount(steps, 'inner step')]),
  ];
  return settings.length === 0 || steps === 0 ? model : `${model} (${settings.join(', ')})`;
}

/** The row that others are compared with; undefined where none are. */
export function baselineOf(rows: readonly SummaryRow[]): SummaryRow | undefined {
  return rows.some(({ baseline }) => baseline !== null)
    ? rows.find(({ baseline }) => baseline === null)
    : undefined;
}
