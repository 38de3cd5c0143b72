import { driftTable } from '../../artifacts/drift-table.js';
import { isEvaluation, metricTable } from '../../artifacts/metric-table.js';
import type { Report } from '../../artifacts/run-documents.js';
import { breakdownSections, breakdownTable } from '../../artifacts/summary/breakdown-table.js';
import { alikeText, type SummaryRow, summaryNodes } from '../../artifacts/summary/summary-rows.js';
import { comparisonTable, summaryTable } from '../../artifacts/summary/summary-table.js';
import { greatest } from '../../base/extremes.js';
import { formatCount } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import { formatRows, type RowTable } from '../../tables/row-formats.js';
import { wrapWords } from '../fit-text.js';
import type { Style } from '../style.js';
import { fitTable } from './fit-table.js';

/** How figures are printed. */
export interface FigureLayout {
  readonly style: Style;
  /** Columns that there are; infinite where nobody looks at lines, as in a file. */
  readonly width: number;
}

/**
 * The figures of a run as lines: what leads, its metrics, its summaries, what is in groups of query pairs, and the drift of parameters; rows from test data
 * marked, and below the tables what must be known to read them (synthetic data, waived guards, results that may not repeat).
 * No lines where there are no metrics.
 */
export function metricLines(report: Report, layout: FigureLayout): readonly string[] {
  if (report.metrics.length + report.summaries.length === 0) return [];
  const { style } = layout;
  const verdict = verdictLines(report, layout);
  return [
    ...verdict,
    ...(verdict.length === 0 ? [] : ['']),
    ...(report.metrics.length === 0 ? [] : tableLines(metricTable(report.metrics, 4), layout)),
    ...summaryNodes(report.summaries).flatMap(({ rows }) => {
      const comparisons = comparisonTable(rows);
      return [
        '',
        ...summaryLines(rows, layout),
        ...(comparisons.rows.length === 0 ? [] : ['', ...tableLines(comparisons, layout)]),
      ];
    }),
    ...breakdownLines(report, layout),
    ...(report.drift.length === 0
      ? []
      : [
          '',
          ...wrapWords(
            'drift: how far adaptation moves parameters, median and quartiles over episodes',
            layout.width,
          ).map(style.bold),
          ...tableLines(driftTable(report.drift), layout),
        ]),
    ...choiceLines(report, layout),
    ...noteLines(notes(report), layout),
  ];
}

/** Where each model is good: its first metric by groups of query pairs. */
function breakdownLines({ breakdowns }: Report, layout: FigureLayout): readonly string[] {
  return breakdownSections(breakdowns).flatMap((section) => {
    const { node, role, metric, groupedBy, baseline } = section;
    const marks =
      baseline === undefined ? '' : `; ▲ and ▼: distinguishably above and below ${printable(baseline)}`;
    const title = `${node}${role === 'test' ? ' (TEST)' : ''}: ${metric} by ${groupedBy} (query pairs)${marks}`;
    return [
      '',
      ...wrapWords(title, layout.width).map(layout.style.bold),
      ...tableLines(breakdownTable(section), layout),
    ];
  });
}

/** What leads, and what cannot be told from it. */
function verdictLines({ verdict }: Report, { style, width }: FigureLayout): readonly string[] {
  return verdict.flatMap((sentence) => wrapWords(printable(sentence), width)).map(style.bold);
}

/** What each choice has taken. */
function choiceLines({ choices = [] }: Report, { width }: FigureLayout): readonly string[] {
  return choices.length === 0 ? [] : ['', ...choices.flatMap((text) => wrapWords(`chosen: ${text}`, width))];
}

/** Rows of a table in the results that a run ends with; all of them are a command away. */
const mostRows = 10;

/**
 * The results that a run ends with: its summaries where it has some, else its metrics, those on test data where there
 * are some; and whether that is all that there is. What must be known to read them comes before, so that the tables are
 * the last lines, which stay in view.
 */
export function resultLines(
  report: Report,
  layout: FigureLayout,
): { readonly lines: readonly string[]; readonly isAll: boolean } {
  const summaries = summaryNodes(report.summaries);
  const onTest = report.metrics.filter(({ role }) => role === 'test');
  const shown = onTest.length > 0 ? onTest : report.metrics;
  if (shown.length + summaries.length === 0) return { lines: [], isAll: true };
  const tables =
    summaries.length > 0
      ? // What the verdict is about stands last.
        summaries
          .toSorted((one, other) => Number(other.isSweep) - Number(one.isSweep))
          .map(({ rows }) => summaryLines(rows, layout, mostRows))
      : [
          tableLines(metricTable(shown.slice(0, mostRows), 4), layout, {
            left: shown.length - mostRows,
          }),
        ];
  return {
    lines: [
      noteLines(notes(report), layout),
      ...tables.slice(0, -1),
      [...verdictLines(report, layout), ...(tables.at(-1) ?? [])],
    ]
      .filter((lines) => lines.length > 0)
      .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    isAll: summaries.length === 0 && shown.length === report.metrics.length && shown.length <= mostRows,
  };
}

function summaryLines(
  rows: readonly SummaryRow[],
  layout: FigureLayout,
  most = rows.length,
): readonly string[] {
  const { style } = layout;
  const isTest = rows.some(({ role }) => role === 'test');
  return [
    style.bold(`${rows[0]?.node ?? ''}${isTest ? ' (TEST)' : ''}`),
    ...tableLines(summaryTable(rows.slice(0, most)), layout, { left: rows.length - most }),
  ];
}

/**
 * A table as it fits: its head, its rows, and below what it had to leave out and how to read what it has become.
 *
 * @param options.mark marks the line that a row begins with, given the row's index
 * @param options.left how many rows more there are than the table has
 */
export function tableLines(
  table: RowTable,
  { style, width }: FigureLayout,
  {
    mark = (line) => line,
    left = 0,
  }: { readonly mark?: (line: string, row: number) => string; readonly left?: number } = {},
): readonly string[] {
  const { table: fitted, omitted, legend } = fitTable(table, width);
  const [head = '', rule = '', ...lines] = formatRows(fitted, 'table').trimEnd().split('\n');
  const role = fitted.columns.indexOf('role');
  const heights = fitted.rows.map((row) =>
    greatest(
      row.map((cell) => (typeof cell === 'string' ? cell.split('\n').length : 1)),
      1,
    ),
  );
  /** Of each line that a row begins with, which row it is. */
  const rowAt = new Map<number, number>();
  let height = 0;
  for (const [row, one] of heights.entries()) {
    rowAt.set(height, row);
    height += one;
  }
  return [
    style.bold(head),
    style.dim(rule),
    ...lines.map((line, index) => {
      const row = rowAt.get(index);
      if (row === undefined) return style.dim(line);
      const marked = mark(line, row);
      if (role < 0 || marked !== line) return marked;
      return line.replace(/ TEST(?= )/, (word) => style.bold(style.yellow(word)));
    }),
    ...(left > 0 ? [`and ${formatCount(left, 'more row')}`] : []),
    ...(omitted.length === 0
      ? []
      : wrapWords(`not shown for want of columns: ${omitted.join(', ')}`, width).map(style.dim)),
    ...legend.flatMap((text) => wrapWords(text, width)).map(style.dim),
  ];
}

function noteLines(texts: readonly string[], { style, width }: FigureLayout): readonly string[] {
  return texts.flatMap((text) =>
    wrapWords(`note: ${text}`, width, '      ').map((line) => line.replace(/^note:/, style.yellow('note:'))),
  );
}

/** What of the guard against test data rests on somebody's word. */
function guardNotes({ waivers, claims = [] }: Report): readonly string[] {
  return [
    ...waivers.map(({ step, reason }) => `Guard against test data waived for ${step}: ${reason}`),
    ...claims.map(
      ({ output, from }) =>
        `${output} counts as computed from ${from.join(' and ') || 'no input'} alone: its step says so, and nothing proves it.`,
    ),
  ];
}

/** What must be known of a run that has no figures: a model that it made may be used elsewhere. */
export function notesWithoutFigures(report: Report, layout: FigureLayout): readonly string[] {
  return noteLines(guardNotes(report), layout);
}

function notes(report: Report): readonly string[] {
  const repeatable = report.not_deterministic.length;
  return [
    ...(report.cautions ?? []),
    ...intervalNotes(report),
    ...percentNotes(report),
    ...(report.synthetic ? ['The data is synthetic: these figures say nothing about real learners.'] : []),
    ...(report.metrics.some((row) => row.role === 'test')
      ? ['TEST marks figures from test data: report them, do not choose by them.']
      : []),
    ...guardNotes(report),
    ...(repeatable > 0
      ? [
          `Computing again may give other bytes: ${report.not_deterministic.slice(0, 5).join(', ')}${repeatable > 5 ? ', ...' : ''}`,
        ]
      : []),
  ];
}

/** What the intervals at metrics are: those of programs are what they gave. */
function intervalNotes({ metrics }: Report): readonly string[] {
  const withIntervals = metrics.filter(({ intervals }) => Object.keys(intervals).length > 0);
  if (withIntervals.length === 0) return [];
  return [
    withIntervals.some(isEvaluation)
      ? 'Brackets at metrics are 95 % intervals, by bootstrap over users or by Student’s t over seeds.'
      : 'Brackets at metrics are intervals as their programs gave them.',
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
    ...(bare.some((one) => alikeText(one) !== undefined)
      ? [
          'A percentage without brackets is of a difference that is the same in every seed or fold: that says nothing of chance.',
        ]
      : []),
    ...(bare.some((one) => one.difference_interval === null && alikeText(one) === undefined)
      ? [
          `Without brackets are figures of a single ${summaries.some(({ unit }) => unit === 'users') ? 'user or seed' : 'seed or fold'}: there is nothing to tell an interval from.`,
        ]
      : []),
    ...(compared.some((one) => one.improvement_percent === null)
      ? ['No percentage stands where the baseline’s value is 0.']
      : []),
  ];
}
