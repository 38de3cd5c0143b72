import { canonicalText } from '../../../base/canonical.js';
import type { Json } from '../../../base/json.js';
import { badData } from '../../../tables/bad-data.js';
import { withDatabase } from '../../../tables/database.js';
import { type CellInput, writeRowsParquet } from '../../../tables/parquet.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import { columnsTyped, type TypedColumns } from './column-types.js';
import {
  type Cell,
  numberIn,
  readWritten,
  refuseNoName,
  type Written,
  type WrittenRow,
  writtenText,
} from './read-rows.js';
import type { TypedOutputParameters } from './typed-output.js';

/** One value of a metric. */
interface MetricValue {
  /** Where it stands, for messages. */
  readonly place: string;
  readonly metric: string;
  /** May be no number. */
  readonly value: number;
  /** `low`, `high`, `n`, `users`, where there are any. */
  readonly counts: { readonly [column: string]: number | null };
}

const countColumns = { low: 'DOUBLE', high: 'DOUBLE', n: 'BIGINT', users: 'BIGINT' } as const;
const own: readonly string[] = ['metric', 'value', ...Object.keys(countColumns)];
const hint =
  'write {"accuracy": 0.9}, or rows with the columns metric and value: [{"metric": "accuracy", "value": 0.9}]';

/** Writes the port: a row a metric and setting; a value that is no number stays, and is said. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const written = await readWritten(filePath(inputTree(context, 'file')), path, context);
  const isRows = written.type === 'rows' || ('metric' in written.cells && 'value' in written.cells);
  const rows = isRows ? rowsOf(written) : [];
  const values =
    written.type === 'object' && !isRows ? valuesOfObject(written.cells, path) : valuesOfRows(rows, path);
  if (values.length === 0) throw badData(path, emptyText(written), { hint });
  const settings = columnsTyped(rows, isText(written), own, path);
  refuseDoubles(values, settings, path);
  for (const { metric, value, place } of values) {
    if (Number.isFinite(value)) continue;
    context.note(
      `${path}, ${place}: ${metric} is ${Number.isNaN(value) ? 'no number' : value}, so nothing can be chosen by it`,
    );
  }
  const counted = Object.keys(countColumns).filter((name) => values.some(({ counts }) => name in counts));
  await withDatabase(context, (database) =>
    writeRowsParquet(database, {
      columns: {
        ...settings.types,
        metric: 'VARCHAR',
        value: 'DOUBLE',
        ...Object.fromEntries(Object.entries(countColumns).filter(([name]) => counted.includes(name))),
      },
      rows: values.map(({ metric, value, counts }, row): { readonly [column: string]: CellInput } => ({
        ...settings.rows[row],
        metric,
        value,
        ...counts,
      })),
      orderBy: [...Object.keys(settings.types), 'metric'],
      path: context.output(port),
    }),
  );
  report(values, settings, context);
}

function emptyText(written: Written): string {
  if (written.type === 'object' || !written.isText || written.columns.includes('metric'))
    return 'has no metrics';
  return `has no column metric, only ${writtenText(written.columns.join(', '))}`;
}

/** An object that has the columns of one row is that row. */
function rowsOf(written: Written): readonly WrittenRow[] {
  return written.type === 'rows' ? written.rows : [{ place: 'row 1', cells: written.cells }];
}

function isText(written: Written): boolean {
  return written.type === 'rows' && written.isText;
}

function valuesOfObject(cells: { readonly [name: string]: Cell }, path: string): readonly MetricValue[] {
  return Object.entries(cells).map(([metric, cell]) => {
    if (metric === '') throw badData(path, 'has a metric without a name', { hint });
    const value = typeof cell === 'string' ? undefined : numberIn(cell);
    if (value === undefined) {
      throw badData(path, `${metric} is ${writtenText(cell)}, and a metric is a number`, { hint });
    }
    return { place: metric, metric, value, counts: {} };
  });
}

function valuesOfRows(rows: readonly WrittenRow[], path: string): readonly MetricValue[] {
  return rows.map(({ place, cells }) => {
    const refuse = (column: string, problem: string) =>
      badData(path, `${place}, column ${column}: ${problem}`, { hint });
    for (const column of ['metric', 'value']) {
      if (!(column in cells)) {
        throw badData(
          path,
          `${place} has no column ${column}, only ${Object.keys(cells).join(', ') || 'none'}`,
          { hint },
        );
      }
    }
    const metric = cells['metric'];
    if (typeof metric !== 'string' || metric === '')
      throw refuse('metric', `${writtenText(metric)} is no name`);
    refuseNoName([metric], path);
    const number = (column: string): number => {
      const value = numberIn(cells[column]);
      if (value === undefined) throw refuse(column, `${writtenText(cells[column])} is no number`);
      return value;
    };
    const counts = Object.entries(countColumns).flatMap(([column, type]): [string, number | null][] => {
      if (!(column in cells)) return [];
      const value = number(column);
      const isCount = Number.isSafeInteger(value) && value >= 0;
      if (type === 'BIGINT' && !Number.isNaN(value) && !isCount) throw refuse(column, `${value} is no count`);
      return [[column, Number.isNaN(value) ? null : value]];
    });
    const value = number('value');
    const ends = Object.fromEntries(counts);
    const problem = problemOfInterval(value, ends['low'] ?? null, ends['high'] ?? null);
    if (problem !== undefined) throw refuse('low', problem);
    return { place, metric, value, counts: ends };
  });
}

function problemOfInterval(value: number, low: number | null, high: number | null): string | undefined {
  if (low === null && high === null) return undefined;
  if (low === null || high === null) return 'an interval has two ends, and there is only one of low and high';
  if (low > high) return `low is ${low}, and high is ${high}`;
  if (value < low || value > high) return `the value ${value} is not between low ${low} and high ${high}`;
  return undefined;
}

function refuseDoubles(values: readonly MetricValue[], settings: TypedColumns, path: string): void {
  const places = new Map<string, string>();
  for (const [row, { metric, place }] of values.entries()) {
    const name = canonicalText([metric, (settings.rows[row] ?? {}) as Json]);
    const before = places.get(name);
    if (before !== undefined) {
      throw badData(path, `${place} has ${metric} once more, for the same settings as ${before}`, {
        hint: 'a metric stands once for each setting: tell the rows apart by a column, such as fold',
      });
    }
    places.set(name, place);
  }
}

/** What was found, where there is one setting: of several, one word would not tell which. */
function report(values: readonly MetricValue[], settings: TypedColumns, context: KindContext): void {
  const single = Object.keys(settings.types).length === 0;
  context.progress({
    done: values.length,
    total: values.length,
    unit: 'metrics',
    values: single
      ? Object.fromEntries(
          values.filter(({ value }) => Number.isFinite(value)).map(({ metric, value }) => [metric, value]),
        )
      : {},
  });
}
