import { least } from '../../base/extremes.js';
import type { Json } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { formatCount } from '../../base/quantities.js';
import { inReadingOrder } from '../../statistics/metrics.js';
import type { RowTable } from '../../tables/row-formats.js';
import { estimateColumns, estimateText } from '../metric-table.js';
import { ownColumns, type ResultColumn, resultTable } from '../result-columns.js';

import { type Ends, type SummaryRow, summarisedText, tuningText } from './summary-rows.js';

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
  row.baseline === null ? undefined : own(own(row.metrics, metric)?.against, row.baseline);

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
        cellOf: (row) => summarisedText(own(row.metrics, name)),
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
      of: ({ metrics: found }: SummaryRow) => own(found, name),
      unitsOf: ({ metrics: found }: SummaryRow) => own(found, name)?.of?.[0],
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
        const compared = metrics.map((name) => own(own(row.metrics, name)?.against, label));
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
