import { isMissing, type Tree } from '../../base/files/tree.js';
import type { Json } from '../../base/json.js';
import { type Measurement, measure } from '../../statistics/compare.js';
import type { Interval } from '../../statistics/interval.js';
import { summaryMetrics } from '../../statistics/metrics.js';
import { type RankedSetting, readRankedSettings } from '../../statistics/read-ranked-settings.js';
import { userSums } from '../../statistics/user-sums.js';
import { readingUserFile } from '../../tables/bad-data.js';
import { numberOrNull } from '../../tables/cell-values.js';
import type { Database, Row } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';
import { filePath } from '../ports.js';
import { valueColumns } from './choice-plan.js';
import { isReplicate, type Replicates } from './replicates.js';

/** A metric of one repetition; of one that a program measured, with the interval that it gave. */
export interface MeasuredValue extends Measurement {
  readonly interval?: Interval;
}

/** One measurement of a model: by an evaluation of query pairs, or of a seed or fold by a program. */
export interface Repetition {
  /** By metric; may be no number. */
  readonly values: ReadonlyMap<string, MeasuredValue>;
  readonly k: number | null;
  readonly steps: number | null;
  readonly innerRate: number | null;
  /** What the values are over, each: query pairs, samples; null where nobody says. */
  readonly n: number | null;
  readonly users: number | null;
  /** Names each query pair; absent where there are no ranks. */
  readonly pairs?: readonly string[];
  /** What tells it from others of its file. */
  readonly replicates: Replicates;
  /** `fold 3`, where its file or its model has several. */
  readonly name?: string;
}

/** A model at one setting of one file. */
export interface MeasuredSetting {
  /** `threshold=0.5`: further columns of metrics; empty where there are none. */
  readonly label: string;
  readonly repetitions: readonly Repetition[];
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
      .map((setting) => ({ label: '', repetitions: [measuredRanks(setting)] }));
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
    replicates: {},
    pairs: users.map((user, row) => `pair ${pairIds[row]} of user ${user}`),
  };
}

/** Further columns of metrics that have columns of their own. */
const ownColumns: readonly string[] = ['k', 'steps', 'inner_lr'];

function settingsOf(rows: readonly Row[]): readonly MeasuredSetting[] {
  const settings = new Map<string, { label: string; repetitions: Map<string, Row[]> }>();
  const columns = Object.keys(rows[0] ?? {}).filter((column) => !valueColumns.includes(column));
  for (const row of rows) {
    const filled = columns.filter((column) => row[column] !== null);
    const text = (names: readonly string[]) =>
      names.map((column) => `${column}=${textOfCell(row[column])}`).join(',');
    const varying = filled.filter((column) => !isReplicate(column));
    const setting = settings.get(text(varying)) ?? {
      label: text(varying.filter((column) => !ownColumns.includes(column))),
      repetitions: new Map<string, Row[]>(),
    };
    settings.set(text(varying), setting);
    const repeated = text(filled.filter(isReplicate));
    const own = setting.repetitions.get(repeated) ?? [];
    setting.repetitions.set(repeated, own);
    own.push(row);
  }
  return [...settings.values()].map(({ label, repetitions }) => ({
    label,
    repetitions: [...repetitions.values()].map(measuredRows),
  }));
}

function measuredRows(rows: readonly Row[]): Repetition {
  const [first] = rows;
  const values = rows.map(({ metric, value, low, high }): readonly [string, MeasuredValue] => {
    const interval = typeof low === 'number' && typeof high === 'number' ? { interval: { low, high } } : {};
    return [String(metric), { value: typeof value === 'number' ? value : Number.NaN, users: 0, ...interval }];
  });
  const counts = new Set(rows.map(({ n }) => n));
  const replicates = Object.keys(first ?? {}).flatMap((column) =>
    isReplicate(column) && first?.[column] !== null ? [[column, textOfCell(first?.[column])] as const] : [],
  );
  return {
    values: new Map(values),
    k: numberOrNull(first?.['k']),
    steps: numberOrNull(first?.['steps']),
    innerRate: numberOrNull(first?.['inner_lr']),
    n: counts.size === 1 ? numberOrNull(first?.['n']) : null,
    users: numberOrNull(first?.['users']),
    replicates: Object.fromEntries(replicates),
  };
}

function textOfCell(cell: Row[string] | undefined): string {
  return typeof cell === 'string' ? cell : JSON.stringify((cell ?? null) as Json);
}
