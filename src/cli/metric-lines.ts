import { driftTable } from '../report/drift-table.js';
import { metricTable } from '../report/metric-table.js';
import { formatRows, type RowTable } from '../report/row-formats.js';
import type { Report } from '../report/run-documents.js';
import { comparisonTable, type SummaryRow, summaryTable } from '../report/summary-table.js';
import type { Style } from '../ui/style.js';

/**
 * The figures of a run as lines: its metrics, its summaries, and the drift of parameters; rows from test data marked,
 * and below the tables what must be known to read them (synthetic data, waived guards, results that may not repeat).
 * No lines where there are no metrics.
 */
export function metricLines(report: Report, style: Style): readonly string[] {
  if (report.metrics.length + report.summaries.length === 0) return [];
  const summaries = [...new Set(report.summaries.map(({ node }) => node))];
  return [
    ...(report.metrics.length === 0
      ? []
      : tableLines(metricTable(report.metrics, 4), style, (row) => report.metrics[row]?.role === 'test')),
    ...summaries.flatMap((node) =>
      summaryLines(
        node,
        report.summaries.filter((row) => row.node === node),
        style,
      ),
    ),
    ...(report.drift.length === 0
      ? []
      : [
          '',
          style.bold('drift: how far adaptation moves parameters, median and quartiles over episodes'),
          ...tableLines(driftTable(report.drift), style),
        ]),
    ...notes(report).map((note) => style.yellow(note)),
  ];
}

function summaryLines(node: string, rows: readonly SummaryRow[], style: Style): readonly string[] {
  const isTest = rows.some(({ role }) => role === 'test');
  const comparisons = comparisonTable(rows);
  return [
    '',
    style.bold(`${node}${isTest ? ' (TEST)' : ''}`),
    ...tableLines(summaryTable(rows), style, () => isTest),
    ...(comparisons.rows.length === 0 ? [] : ['', ...tableLines(comparisons, style, () => isTest)]),
  ];
}

function tableLines(
  table: RowTable,
  style: Style,
  isTest: (row: number) => boolean = () => false,
): readonly string[] {
  const [head = '', rule = '', ...rows] = formatRows(table, 'table').trimEnd().split('\n');
  return [
    style.bold(head),
    style.dim(rule),
    ...rows.map((row, index) => (isTest(index) ? style.yellow(row) : row)),
  ];
}

function notes(report: Report): readonly string[] {
  const repeatable = report.not_deterministic.length;
  const hasIntervals = report.metrics.some((row) => Object.keys(row.intervals).length > 0);
  return [
    ...(hasIntervals
      ? ['Brackets beside metrics are 95 % intervals, by bootstrap over users or by Student’s t over seeds.']
      : []),
    ...percentNotes(report),
    ...(report.synthetic ? ['The data is synthetic: these figures say nothing about real learners.'] : []),
    ...(report.metrics.some((row) => row.role === 'test')
      ? ['TEST marks figures from test data: report them, do not choose by them.']
      : []),
    ...report.waivers.map(({ step, reason }) => `Guard against test data waived for ${step}: ${reason}`),
    ...(repeatable > 0
      ? [
          `Computing again may give other bytes: ${report.not_deterministic.slice(0, 5).join(', ')}${repeatable > 5 ? ', ...' : ''}`,
        ]
      : []),
  ];
}

/** Why a percentage stands without an interval, where one does. */
function percentNotes({ summaries }: Report): readonly string[] {
  const compared = summaries.flatMap(({ metrics }) =>
    Object.values(metrics).flatMap(({ against }) => Object.values(against)),
  );
  const bare = compared.filter(
    (one) => one.improvement_percent !== null && one.improvement_interval === null,
  );
  return [
    ...(bare.some((one) => one.difference_interval !== null)
      ? [
          'A percentage without brackets has no interval: among the resamples are some in which the baseline’s value is 0. The interval of the difference holds.',
        ]
      : []),
    ...(bare.some((one) => one.difference_interval === null)
      ? ['Without brackets are figures of a single user or seed: there is nothing to tell an interval from.']
      : []),
    ...(compared.some((one) => one.improvement_percent === null)
      ? ['No percentage stands where the baseline’s value is 0.']
      : []),
  ];
}
