import { leadingMetric } from '../../statistics/metrics.js';
import { endsOf, numberOrNull, textOrNull } from '../../tables/cell-values.js';
import type { Row } from '../../tables/database.js';
import type { RowTable } from '../../tables/row-formats.js';
import { estimateText } from '../metric-table.js';
import { type Difference, type Ends, modelAtSetting, settingOf } from './summary-rows.js';

/** A metric of a model over the query pairs of a group. */
export interface GroupedMetric {
  /** Null where the group has no pair. */
  readonly value: number | null;
  readonly interval: Ends | null;
  /** Against the baseline on the same pairs; absent of the baseline itself, and where there is none. */
  readonly beside_baseline?: Difference;
}

/** One model of a step of kind `breakdown`, at one setting, over the query pairs of a group. */
export interface BreakdownRow {
  readonly node: string;
  readonly role: string | null;
  readonly model: string;
  readonly k: number | null;
  readonly steps: number | null;
  readonly inner_lr: number | null;
  /** `train_count`, `prefix_length` or `history_length`. */
  readonly grouped_by: string;
  /** `never`, `1 to 9`, `10 or more`. */
  readonly group: string;
  readonly at_least: number;
  /** Null where there is no upper bound. */
  readonly at_most: number | null;
  /** Query pairs. */
  readonly n: number;
  readonly users: number;
  /** Null in its own rows, and where there is none. */
  readonly baseline: string | null;
  readonly metrics: { readonly [metric: string]: GroupedMetric };
}

/** The rows of table `breakdown`, as ordered there, with all metrics of a model and group in one; nodes in the order given. */
export function breakdownRows(rows: readonly Row[], nodes: readonly string[]): readonly BreakdownRow[] {
  const found = new Map<string, BreakdownRow & { metrics: Record<string, GroupedMetric> }>();
  for (const cells of rows) {
    const name = JSON.stringify(['node', 'place', 'grouped_by', 'at_least'].map((column) => cells[column]));
    const row = found.get(name) ?? { ...groupOf(cells), metrics: {} };
    found.set(name, row);
    row.metrics[String(cells['metric'])] = metricOf(cells);
  }
  const position = new Map(nodes.map((node, index) => [node, index]));
  return [...found.values()].sort(
    (one, other) => (position.get(one.node) ?? 0) - (position.get(other.node) ?? 0),
  );
}

function groupOf(cells: Row): Omit<BreakdownRow, 'metrics'> {
  return {
    ...settingOf(cells),
    grouped_by: String(cells['grouped_by']),
    group: String(cells['group_name']),
    at_least: Number(cells['at_least']),
    at_most: numberOrNull(cells['at_most']),
    n: Number(cells['n']),
    users: Number(cells['users']),
  };
}

function metricOf(cells: Row): GroupedMetric {
  const difference = numberOrNull(cells['difference']);
  const metric = { value: numberOrNull(cells['value']), interval: endsOf(cells['low'], cells['high']) };
  if (difference === null) return metric;
  return {
    ...metric,
    beside_baseline: {
      difference,
      difference_interval: endsOf(cells['difference_low'], cells['difference_high']),
      over: 'users',
      units: Number(cells['users']),
      distinguishable: textOrNull(cells['distinguishable']),
    },
  };
}

/** What query pairs are grouped by, in words and in the order in which it is read. */
const groupingTexts: ReadonlyMap<string, string> = new Map([
  ['train_count', 'how often train has the item that followed'],
  ['prefix_length', 'how many items the session had so far'],
  ['history_length', 'how many pairs the user had made before'],
]);

/** The groups of one grouping of a step. */
export interface BreakdownSection {
  readonly node: string;
  readonly role: string | null;
  /** `how often train has the item that followed` */
  readonly groupedBy: string;
  /** The metric that it shows; the others are in the table `breakdown`. */
  readonly metric: string;
  /** The model that the others are compared with. */
  readonly baseline: string | undefined;
  /** Ascending, with the query pairs and users of the first model in each. */
  readonly groups: readonly Pick<BreakdownRow, 'group' | 'n' | 'users'>[];
  /** Models at their settings, each with its metric in every group. */
  readonly models: readonly {
    readonly name: string;
    readonly cells: readonly (GroupedMetric | undefined)[];
  }[];
}

/** What a page and a terminal show of breakdowns: a section for each step and grouping. */
export function breakdownSections(rows: readonly BreakdownRow[]): readonly BreakdownSection[] {
  return [...new Set(rows.map(({ node }) => node))].flatMap((node) => {
    const own = rows.filter((row) => row.node === node);
    const metric = leadingMetric(own.flatMap((row) => Object.keys(row.metrics))) ?? '';
    return [...groupingTexts].flatMap(([grouping, groupedBy]) => {
      const grouped = own.filter((row) => row.grouped_by === grouping);
      const [first] = grouped;
      if (first === undefined) return [];
      const nameOf = (row: BreakdownRow) => JSON.stringify([modelAtSetting(row), row.inner_lr]);
      const names = [...new Set(grouped.map(nameOf))];
      const groups = grouped.filter((row) => nameOf(row) === names[0]);
      const models = names.map((name) => {
        const cells = groups.map(
          ({ at_least }) =>
            grouped.find((row) => nameOf(row) === name && row.at_least === at_least)?.metrics[metric],
        );
        return { name: String((JSON.parse(name) as readonly unknown[])[0]), cells };
      });
      const baseline = grouped.find((row) => row.baseline !== null)?.baseline ?? undefined;
      return [{ node, role: first.role, groupedBy, metric, baseline, groups, models }];
    });
  });
}

/** A section as a table to print: `0.4312 [0.402, 0.466] ▲`, the arrow where it is distinguishable from the baseline. */
export function breakdownTable({ groups, models }: BreakdownSection): RowTable {
  return {
    columns: ['model', ...groups.map(({ group, n }) => `${group} (${n})`)],
    rows: models.map(({ name, cells }) => [name, ...cells.map(cellText)]),
  };
}

function cellText(cell: GroupedMetric | undefined): string | null {
  const text = estimateText(cell?.value, cell?.interval, 4);
  const beside = cell?.beside_baseline;
  if (text === null || beside?.distinguishable !== 'yes') return text;
  return `${text} ${beside.difference > 0 ? '▲' : '▼'}`;
}
