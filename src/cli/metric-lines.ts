import { metricTable } from '../report/metric-table.js';
import { formatRows } from '../report/row-formats.js';
import type { Report } from '../report/run-documents.js';
import type { Style } from '../ui/style.js';

/**
 * The metrics of a run as lines: rows from test data marked, and below the table what must be known to read it
 * (synthetic data, waived guards, results that may not repeat). No lines where there are no metrics.
 */
export function metricLines(report: Report, style: Style): readonly string[] {
  if (report.metrics.length === 0) return [];
  const [head = '', rule = '', ...rows] = formatRows(metricTable(report.metrics, 4), 'table')
    .trimEnd()
    .split('\n');
  return [
    style.bold(head),
    style.dim(rule),
    ...rows.map((row, index) => (report.metrics[index]?.role === 'test' ? style.yellow(row) : row)),
    ...notes(report).map((note) => style.yellow(note)),
  ];
}

function notes(report: Report): readonly string[] {
  const repeatable = report.not_deterministic.length;
  return [
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
