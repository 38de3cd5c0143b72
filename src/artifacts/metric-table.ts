import type { Json, JsonObject } from '../base/json.js';
import { own } from '../base/own-properties.js';
import { inReadingOrder } from '../statistics/metrics.js';
import { numberOrNull } from '../tables/cell-values.js';
import type { Row } from '../tables/database.js';
import type { RowTable } from '../tables/row-formats.js';
import { ownColumns, type ResultColumn, resultTable } from './result-columns.js';

/** The metrics of one node at one setting. */
export interface MetricRow {
  readonly node: string;
  readonly step: string;
  /** The most restrictive role of the data; null where the data has none. */
  readonly role: string | null;
  readonly k: number | null;
  readonly steps: number | null;
  /** Null where no inner step was taken. */
  readonly inner_lr: number | null;
  /** Query pairs. */
  readonly n: number | null;
  readonly users: number | null;
  /** What else tells the row from others: values of a matrix, parameters of a program, columns of its own. */
  readonly settings: JsonObject;
  /** Metric name -> value; empty where n is 0, without those that are no number. */
  readonly values: { readonly [metric: string]: number };
  /** Metric name -> what stands in the place of a number (`NaN`, `Infinity`); absent where all are numbers. */
  readonly not_numbers?: { readonly [metric: string]: string };
  /** Metric name -> ends of its 95 % interval over users, where there is one. */
  readonly intervals: { readonly [metric: string]: readonly [low: number, high: number] };
}

/** Whether a row is of an evaluation of kshot's own, whose settings are k, steps and inner_lr. */
export function isEvaluation({ k, users }: MetricRow): boolean {
  return k !== null && users !== null;
}

/** The rows of table `metrics` with all metrics of a setting in one row, in the order of the nodes given. */
export function metricRows(rows: readonly Row[], nodes: readonly string[]): readonly MetricRow[] {
  const settings = new Map<
    string,
    MetricRow & {
      values: { [metric: string]: number };
      intervals: { [metric: string]: readonly [number, number] };
      not_numbers?: { [metric: string]: string };
    }
  >();
  for (const row of rows) {
    const { run: _, node, step, role, k, steps, inner_lr, n, users, metric, value, low, high, ...more } = row;
    const own = Object.entries(more).filter(([, cell]) => cell !== null) as [string, Json][];
    const setting = JSON.stringify([node, k, steps, inner_lr, own]);
    let found = settings.get(setting);
    if (found === undefined) {
      found = {
        node: String(node),
        step: String(step),
        role: role === null || role === undefined ? null : String(role),
        k: numberOrNull(k),
        steps: numberOrNull(steps),
        inner_lr: numberOrNull(inner_lr),
        n: numberOrNull(n),
        users: numberOrNull(users),
        settings: Object.fromEntries(own),
        values: {},
        intervals: {},
      };
      settings.set(setting, found);
    }
    if (typeof value === 'number' && Number.isFinite(value)) found.values[String(metric)] = value;
    else if (typeof value === 'number') {
      found.not_numbers = { ...found.not_numbers, [String(metric)]: String(value) };
    }
    if (typeof low === 'number' && typeof high === 'number') found.intervals[String(metric)] = [low, high];
  }
  const position = new Map(nodes.map((node, index) => [node, index]));
  return [...settings.values()].sort(
    (one, other) =>
      (position.get(one.node) ?? 0) - (position.get(other.node) ?? 0) ||
      (one.k ?? 0) - (other.k ?? 0) ||
      (one.steps ?? 0) - (other.steps ?? 0) ||
      (one.inner_lr ?? 0) - (other.inner_lr ?? 0),
  );
}

/** The metrics that rows have, in the order in which they are read. */
export function metricsOf(rows: readonly MetricRow[]): readonly string[] {
  return inReadingOrder(
    rows.flatMap(({ values, not_numbers = {} }) => [...Object.keys(values), ...Object.keys(not_numbers)]),
  );
}

/**
 * Metrics as a table to print: a row a node and setting, `TEST` in the column role where test data was used; each
 * value with the ends of its interval, `0.3373 [0.311, 0.364]`. Columns that say nothing are left out; what a program
 * was told has columns, which its own evaluations have in their place.
 *
 * @param digits after the point of a value; `whole`: values and the ends of their intervals as numbers in columns
 */
export function metricTable(rows: readonly MetricRow[], digits: number | 'whole'): RowTable {
  const settings = [...new Set(rows.flatMap((row) => (isEvaluation(row) ? [] : Object.keys(row.settings))))];
  const columns: readonly ResultColumn<MetricRow>[] = [
    { name: 'node', namedBy: 'kshot', cellOf: (row) => row.node, isKept: true },
    ...ownColumns<MetricRow>([
      ['role', (row) => (row.role === 'test' ? 'TEST' : row.role)],
      ['k', (row) => row.k],
      ['steps', (row) => row.steps],
      ['inner_lr', (row) => row.inner_lr],
    ]),
    ...settings.map(
      (name): ResultColumn<MetricRow> => ({
        name,
        namedBy: 'setting',
        cellOf: (row) => own(row.settings, name) ?? null,
      }),
    ),
    ...metricsOf(rows).flatMap((name) =>
      estimateColumns<MetricRow>(name, digits, (row) => ({
        value: own(row.values, name),
        interval: own(row.intervals, name),
        instead: own(row.not_numbers, name),
      })),
    ),
    ...ownColumns<MetricRow>([
      ['n', (row) => row.n],
      ['users', (row) => row.users],
    ]),
  ];
  return resultTable(columns, rows);
}

/** A value with its interval, or what stands in its place. */
interface Estimate {
  readonly value: number | null | undefined;
  readonly interval: readonly [low: number, high: number] | null | undefined;
  readonly instead?: string | undefined;
}

/** The column of an estimate as text; or three of numbers: `mrr`, `mrr_low`, `mrr_high`. */
export function estimateColumns<Of>(
  name: string,
  digits: number | 'whole',
  of: (row: Of) => Estimate,
): readonly ResultColumn<Of>[] {
  if (digits !== 'whole') {
    const text = ({ value, interval, instead }: Estimate) =>
      estimateText(value, interval, digits) ?? instead ?? null;
    return [{ name, namedBy: 'metric', cellOf: (row) => text(of(row)) }];
  }
  return [
    { name, namedBy: 'metric', cellOf: (row) => of(row).value ?? of(row).instead ?? null },
    { name: `${name}_low`, namedBy: 'beside a metric', cellOf: (row) => of(row).interval?.[0] ?? null },
    { name: `${name}_high`, namedBy: 'beside a metric', cellOf: (row) => of(row).interval?.[1] ?? null },
  ];
}

/** `0.3373 [0.311, 0.364]`: a value to so many digits after the point, the ends of its interval to one less. */
export function estimateText(
  value: number | null | undefined,
  interval: readonly [low: number, high: number] | null | undefined,
  digits: number,
): string | null {
  if (value === null || value === undefined) return null;
  const shown = digitsFor(value, digits);
  const text = value.toFixed(shown);
  if (interval === null || interval === undefined) return text;
  const endDigits = Math.max(0, shown - 1);
  return `${text} [${interval.map((end) => end.toFixed(endDigits)).join(', ')}]`;
}

/** So many digits, or as many as leave three that say something of what is far from 1: a loss of 0.00002, one of 150,000. */
function digitsFor(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return digits;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude < -3) return Math.min(20, 2 - magnitude);
  return magnitude > 2 ? Math.max(0, digits - magnitude) : digits;
}
