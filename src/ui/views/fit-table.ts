import { greatest } from '../../base/extremes.js';
import type { Json } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { displayWidth, printable } from '../../base/terminal-text.js';
import { metrics } from '../../statistics/metrics.js';
import { type RowTable, tableWidth } from '../../tables/row-formats.js';
import { fitText } from '../fit-text.js';

/** A table that fits, the columns that it had to leave out, and what must be known to read it as it has become. */
export interface FittedTable {
  readonly table: RowTable;
  readonly omitted: readonly string[];
  readonly legend: readonly string[];
}

/** Columns that say how something was set; they can stand below what the first column names. */
const settings: { readonly [column: string]: (value: Json) => string } = {
  k: (value) => `k ${value}`,
  steps: (value) => (String(value) === '1' ? '1 step' : `${value} steps`),
  inner_lr: (value) => `lr ${value}`,
};

/** Metrics that can be done without, the first that goes first: those read last, and before them what no summary has. */
const dispensableMetrics = metrics
  .filter(({ essential }) => !essential)
  .toReversed()
  .toSorted((one, other) => Number(one.inSummary) - Number(other.inSummary));

/** What can be done without, the first that goes first. */
const dispensable = [
  ['over', 'episodes'],
  ['n', 'users'],
  ...dispensableMetrics.map(({ name }) => [name]),
  ['tuned over'],
  ['norm after'],
  ['before'],
];

const interval = / \[([^\]]*), ([^\]]*)\]/;

/**
 * The table in at most `width` columns, as far as that can be: intervals go below their values, settings below what
 * they belong to, then columns are left out, the least needed first; at last names are cut. Nothing is rounded.
 */
export function fitTable(table: RowTable, width: number): FittedTable {
  const present = (names: readonly string[]) => names.filter((name) => table.columns.includes(name));
  const [first = [], second = [], ...rest] = dispensable;
  const steps: readonly ((fitted: FittedTable) => FittedTable)[] = [
    ...[first, second].map((names) => leaveOut(present(names))),
    ({ table: wide, omitted }) => ({
      table: withIntervalsBelow(withShortHeads(wide)),
      omitted,
      legend: legendOf(wide),
    }),
    ({ table: wide, ...more }) => ({ ...more, table: withSettingsBelow(wide) }),
    leaveOut(sameMetric(table)),
    ...rest.map((names) => leaveOut(columnsAbout(table, names))),
    ({ table: wide, ...more }) => ({ ...more, table: withNamesCut(wide, tableWidth(wide) - width) }),
  ];
  let fitted: FittedTable = { table, omitted: [], legend: [] };
  for (const step of steps) {
    if (tableWidth(fitted.table) <= width) return fitted;
    fitted = step(fitted);
  }
  return fitted;
}

/** Those columns whose head is such a name, or begins with it. */
function columnsAbout(table: RowTable, names: readonly string[]): readonly string[] {
  return table.columns.filter(
    (column) => names.includes(column) || names.includes(column.split(/[ ,]/)[0] ?? ''),
  );
}

function leaveOut(names: readonly string[]): (fitted: FittedTable) => FittedTable {
  return ({ table, omitted, legend }) => {
    const short = names.map(shortHead);
    const kept = table.columns.flatMap((column, index) =>
      names.includes(column) || short.includes(column) ? [] : [index],
    );
    return {
      table: {
        columns: kept.map((index) => table.columns[index] ?? ''),
        rows: table.rows.map((row) => kept.map((index) => row[index] ?? null)),
      },
      omitted: [...omitted, ...short],
      legend,
    };
  };
}

/** The column of metrics where it says the same in every row, as what stands around the table does. */
function sameMetric({ columns, rows }: RowTable): readonly string[] {
  const at = columns.indexOf('metric');
  return at >= 0 && new Set(rows.map((row) => row[at])).size === 1 ? ['metric'] : [];
}

const distinguishable = / \(distinguishable\)$/;

/** What short heads do not say any more. */
function legendOf({ columns }: RowTable): readonly string[] {
  const percent = columns.find((column) => shortHead(column) === 'gain %');
  return [
    ...(percent === undefined ? [] : [`gain % is ${percent}`]),
    ...(columns.some((column) => distinguishable.test(column))
      ? ['yes or no: distinguishable from no difference']
      : []),
  ];
}

function shortHead(column: string): string {
  return column
    .replace(distinguishable, '')
    .replace(/^norm (of the )?(?=before|after|change)/, '')
    .replace(/^.*, % over baseline$/, 'gain %');
}

function withShortHeads({ columns, rows }: RowTable): RowTable {
  return { columns: columns.map(shortHead), rows };
}

/** `0.3373 [0.311, 0.364] yes` becomes `0.3373 yes` above `[.311 .364]`. */
function withIntervalsBelow({ columns, rows }: RowTable): RowTable {
  const below = (cell: Json): Json => {
    const ends = typeof cell === 'string' ? interval.exec(cell) : null;
    if (ends === null || typeof cell !== 'string') return cell;
    const [found, low = '', high = ''] = ends;
    const short = (end: string) => end.trim().replace(/^(-?)0\./, '$1.');
    return `${cell.replace(found, '')}\n[${short(low)} ${short(high)}]`;
  };
  return { columns, rows: rows.map((row) => row.map(below)) };
}

function withNamesCut({ columns, rows }: RowTable, excess: number): RowTable {
  const longest = greatest(rows.flatMap(([name]) => String(name).split('\n').map(displayWidth)));
  const most = Math.max(10, longest - excess);
  const cut = (name: string) =>
    name
      .split('\n')
      .map((line) => fitText(line, most, '…'))
      .join('\n');
  return { columns, rows: rows.map(([name, ...rest]) => [cut(String(name)), ...rest]) };
}

function withSettingsBelow({ columns, rows }: RowTable): RowTable {
  const kept = columns.flatMap((column, index) => (Object.hasOwn(settings, column) ? [] : [index]));
  return {
    columns: kept.map((index) => columns[index] ?? ''),
    rows: rows.map((row) => {
      const said = columns.flatMap((column, index) => {
        const value = row[index] ?? null;
        const say = own(settings, column);
        return say === undefined || value === null ? [] : [say(value)];
      });
      return kept.map((index, place) => {
        const cell = row[index] ?? null;
        return place === 0 && said.length > 0 ? `${printable(String(cell))}\n  ${said.join(', ')}` : cell;
      });
    }),
  };
}
