import { isMissing, type Tree } from '../../base/files/tree.js';
import type { Json } from '../../base/json.js';
import type { Interval } from '../../statistics/bootstrap.js';
import { type Measurement, measure, type Unit } from '../../statistics/compare.js';
import { summaryMetrics } from '../../statistics/metrics.js';
import { type RankedSetting, readRankedSettings } from '../../statistics/read-ranked-settings.js';
import { userSums } from '../../statistics/user-sums.js';
import { readingUserFile } from '../../tables/bad-data.js';
import type { Database, Row } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';
import { filePath } from '../ports.js';
import { valueColumns } from './choice-plan.js';

/** A metric of one repetition; of one that a program measured, with the interval that it gave. */
export interface MeasuredValue extends Measurement {
  readonly interval?: Interval;
}

/** One measurement of a model: by an evaluation of query pairs, or of a seed or fold by a program. */
export interface Repetition {
  readonly values: ReadonlyMap<string, MeasuredValue>;
  readonly k: number | null;
  readonly steps: number | null;
  readonly innerRate: number | null;
  /** What the values are over, each: query pairs, samples; null where nobody says. */
  readonly n: number | null;
  readonly users: number | null;
  /** Names each query pair; absent where there are no ranks. */
  readonly pairs?: readonly string[];
  /** `fold 3`, where a file has several. */
  readonly name?: string;
}

/** A model at one setting of one file. */
export interface MeasuredSetting {
  /** `threshold=0.5`: further columns of metrics; empty where there are none. */
  readonly label: string;
  readonly repetitions: readonly Repetition[];
  /** What several of them are. */
  readonly unit: Unit;
}

/** The settings of an evaluation that ranked something, or of metrics. */
export async function readMeasuredSettings(
  database: Database,
  element: Tree<string>,
  name: string,
): Promise<readonly MeasuredSetting[]> {
  if (element.type !== 'bundle' || isMissing(element)) return [];
  if ('ranks' in element.ports) {
    const all = await readRankedSettings(database, filePath(element, 'ranks'), `ranks of ${name}`);
    return all
      .filter(({ ranks }) => ranks.length > 0)
      .map((setting) => ({ label: '', repetitions: [measuredRanks(setting)], unit: 'seeds' }));
  }
  const path = parquetFile(filePath(element, 'metrics'));
  const rows = await readingUserFile(`metrics of ${name}`, 'it wants the columns metric and value', () =>
    database.rows(`FROM ${path}`),
  );
  return settingsOf(rows);
}

function measuredRanks(setting: RankedSetting): Repetition {
  const { sums, counts } = userSums(setting, summaryMetrics);
  const { k, steps, innerRate, users, pairIds } = setting;
  // There is a measurement for each metric.
  const measured = measure(sums, counts).map((one, index) => [summaryMetrics[index]!.name, one] as const);
  return {
    ...{ k, steps, innerRate },
    values: new Map(measured),
    n: setting.ranks.length,
    users: counts.length,
    pairs: users.map((user, row) => `pair ${pairIds[row]} of user ${user}`),
  };
}

/** Columns that tell repetitions of one measurement apart, and what several are called. */
const repetitionColumns: { readonly [column: string]: Unit } = {
  fold: 'folds',
  seed: 'seeds',
  repeat: 'seeds',
};
/** Further columns of metrics that have columns of their own. */
const ownColumns: readonly string[] = ['k', 'steps', 'inner_lr'];

function settingsOf(rows: readonly Row[]): readonly MeasuredSetting[] {
  const settings = new Map<string, { label: string; unit: Unit; repetitions: Map<string, Row[]> }>();
  const columns = Object.keys(rows[0] ?? {}).filter((column) => !valueColumns.includes(column));
  const isRepetition = (column: string) => Object.hasOwn(repetitionColumns, column);
  for (const row of rows) {
    const filled = columns.filter((column) => row[column] !== null);
    const text = (names: readonly string[]) =>
      names.map((column) => `${column}=${textOfCell(row[column])}`).join(',');
    const varying = filled.filter((column) => !isRepetition(column));
    const repeated = filled.filter(isRepetition);
    const setting = settings.get(text(varying)) ?? {
      label: text(varying.filter((column) => !ownColumns.includes(column))),
      unit: repetitionColumns[repeated[0] ?? ''] ?? 'seeds',
      repetitions: new Map<string, Row[]>(),
    };
    settings.set(text(varying), setting);
    const own = setting.repetitions.get(text(repeated)) ?? [];
    setting.repetitions.set(text(repeated), own);
    own.push(row);
  }
  return [...settings.values()].map(({ label, unit, repetitions }) => ({
    label,
    unit,
    repetitions: [...repetitions].map(([name, own]) => measuredRows(own, name)),
  }));
}

function measuredRows(rows: readonly Row[], name: string): Repetition {
  const [first] = rows;
  const values = rows.flatMap(({ metric, value, low, high }): (readonly [string, MeasuredValue])[] => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return [];
    const interval = typeof low === 'number' && typeof high === 'number' ? { interval: { low, high } } : {};
    return [[String(metric), { value, users: 0, ...interval }]];
  });
  const counts = new Set(rows.map(({ n }) => n));
  return {
    values: new Map(values),
    k: numberOf(first?.['k']),
    steps: numberOf(first?.['steps']),
    innerRate: numberOf(first?.['inner_lr']),
    n: counts.size === 1 ? numberOf(first?.['n']) : null,
    users: numberOf(first?.['users']),
    ...(name === '' ? {} : { name: name.replaceAll('=', ' ') }),
  };
}

function numberOf(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}

function textOfCell(cell: Row[string] | undefined): string {
  return typeof cell === 'string' ? cell : JSON.stringify((cell ?? null) as Json);
}
