import { least } from '../../base/extremes.js';
import type { Json } from '../../base/json.js';
import { formatCount } from '../../base/quantities.js';
import { fewestUsers } from '../../statistics/enough-users.js';
import { inReadingOrder } from '../../statistics/metrics.js';
import { endsOf, numberOrNull, textOrNull } from '../../tables/cell-values.js';
import type { Row } from '../../tables/database.js';
import type { RowTable } from '../../tables/row-formats.js';
import { estimateColumns, estimateText } from '../metric-table.js';
import { ownColumns, type ResultColumn, resultTable } from '../result-columns.js';

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

/**
 * The notebook's table: each model's metrics, and by how many percent the first of them is above the baseline's; where
 * a figure is not over all units, over how many. Columns that say nothing are left out.
 *
 * @param form `whole`: values, percentages, the ends of their intervals and units as numbers in columns of their own
 */
export function summaryTable(rows: readonly SummaryRow[], form: 'text' | 'whole' = 'text'): RowTable {
  const metrics = metricsIn(rows);
  const first = metrics[0] ?? '';
  const columns: readonly ResultColumn<SummaryRow>[] = [
    ...ownColumns<SummaryRow>([
      ['model', ({ model }) => model],
      ['k', ({ k }) => k],
      ['steps', ({ steps }) => steps],
      ['inner_lr', ({ inner_lr }) => inner_lr],
    ]),
    ...(form === 'text' ? textColumns(metrics, first) : wholeColumns(rows, metrics, first)),
    ...ownColumns<SummaryRow>([
      ...(form === 'text' ? overColumn : unitColumns),
      ['n', ({ n }) => n],
      ['users', ({ users }) => users],
      ...(form === 'text' ? tuningColumn : tuningColumns),
    ]),
  ];
  return resultTable(columns, rows);
}

type Cells = readonly (readonly [name: string, cellOf: (row: SummaryRow) => Json])[];

const overColumn: Cells = [['over', ({ units, unit }) => formatCount(units, unit.replace(/s$/, ''))]];

/** Of the metric that has the fewest, how many units there are, and of how many. */
const unitColumns: Cells = [
  ['unit', ({ unit }) => unit],
  [
    'units',
    ({ units, metrics }) => least([units, ...Object.values(metrics).map(({ of }) => of?.[0] ?? units)]),
  ],
  ['all_units', ({ units }) => units],
];

const tuningColumn: Cells = [['tuned over', tuningText]];

const tuningColumns: Cells = [
  ['tuned_over', ({ tuned_over: over }) => over ?? null],
  ['tuned_users', ({ tuned_users: users }) => users ?? null],
];

const improvedOf = (row: SummaryRow, metric: string) =>
  row.baseline === null ? undefined : row.metrics[metric]?.against[row.baseline];

/** Over how many of the model's units it is compared with the baseline, where that is not all. */
function comparedShort(row: SummaryRow, metric: string): number | undefined {
  const { over, units } = improvedOf(row, metric) ?? {};
  return over === row.unit && units !== undefined && units < row.units ? units : undefined;
}

function textColumns(metrics: readonly string[], first: string): readonly ResultColumn<SummaryRow>[] {
  const improvedText = (row: SummaryRow) => {
    const improved = improvedOf(row, first);
    const text = signed(improved?.improvement_percent, improved?.improvement_interval, 1);
    const units = comparedShort(row, first);
    return text === null || units === undefined ? text : `${text} (${units} of ${row.units})`;
  };
  return [
    ...metrics.map(
      (name): ResultColumn<SummaryRow> => ({
        name,
        namedBy: 'metric',
        cellOf: (row) => summarisedText(row.metrics[name]),
      }),
    ),
    { name: `${first}, % over baseline`, namedBy: 'beside a metric', cellOf: improvedText },
  ];
}

/** With the units that there are beside every figure of which some model lacks some. */
function wholeColumns(
  rows: readonly SummaryRow[],
  metrics: readonly string[],
  first: string,
): readonly ResultColumn<SummaryRow>[] {
  const figures = [
    ...metrics.map((name) => ({
      name,
      of: ({ metrics: found }: SummaryRow) => found[name],
      unitsOf: ({ metrics: found }: SummaryRow) => found[name]?.of?.[0],
    })),
    {
      name: `${first}_percent_over_baseline`,
      of: (row: SummaryRow) => {
        const improved = improvedOf(row, first);
        return improved && { value: improved.improvement_percent, interval: improved.improvement_interval };
      },
      unitsOf: (row: SummaryRow) => comparedShort(row, first),
    },
  ];
  return figures.flatMap(({ name, of, unitsOf }, index) => {
    const [value, ...ends] = estimateColumns<SummaryRow>(name, 'whole', (row) => ({
      value: of(row)?.value,
      interval: of(row)?.interval,
    }));
    if (value === undefined) return [];
    const isMetric = index < metrics.length;
    const units: ResultColumn<SummaryRow> = {
      name: `${name}_units`,
      namedBy: 'beside a metric',
      cellOf: (row) => (of(row) === undefined ? null : (unitsOf(row) ?? row.units)),
    };
    return [
      { ...value, namedBy: isMetric ? 'metric' : 'beside a metric' },
      ...ends,
      ...(rows.some((row) => unitsOf(row) !== undefined) ? [units] : []),
    ];
  });
}

/** Each comparison's differences, with `yes` where they can be told from none and `no` where they cannot. */
export function comparisonTable(rows: readonly SummaryRow[]): RowTable {
  const metrics = metricsIn(rows);
  const settings = (['k', 'steps'] as const).filter((name) => rows.some((row) => row[name] !== null));
  return {
    columns: ['model', ...settings, 'against', ...metrics.map((name) => `${name} (distinguishable)`), 'over'],
    rows: rows.flatMap((row) => {
      const labels = [...new Set(Object.values(row.metrics).flatMap(({ against }) => Object.keys(against)))];
      return labels.map((label) => {
        const compared = metrics.map((name) => row.metrics[name]?.against[label]);
        return [
          row.model,
          ...settings.map((name) => row[name]),
          label,
          ...compared.map((one) => {
            const text = signed(one?.difference, one?.difference_interval, 4);
            return text === null ? null : `${text} ${one?.distinguishable ?? ''}`.trimEnd();
          }),
          compared.find((one) => one !== undefined)?.over ?? null,
        ];
      });
    }),
  };
}

function metricsIn(rows: readonly SummaryRow[]): readonly string[] {
  return inReadingOrder(rows.flatMap((row) => Object.keys(row.metrics)));
}

function signed(
  value: number | null | undefined,
  interval: Ends | null | undefined,
  digits: number,
): string | null {
  const text = estimateText(value, interval, digits);
  return text === null || text.startsWith('-') ? text : `+${text}`;
}
